/** A change of the credentials of the user `u`, and the read of a sign-in that it must stop. */
export interface Change {
  name: string;
  /** What a sign-in reads; it goes on when there is a row. */
  reads: string;
  /** A change of the user before both. */
  prepare?: string;
  /** In the order in which Better-Auth or the API sends them. */
  statements: string[];
  /** Sessions that began before the change stay. */
  keepsSessions?: true;
}

const OLD_PASSWORD = `SELECT FROM account WHERE id = 'password' AND password = 'old'`;

export const CHANGES: Change[] = [
  {
    name: 'a reset of the password, sessions deleted first',
    reads: OLD_PASSWORD,
    statements: [
      `DELETE FROM session WHERE user_id = 'u'`,
      `UPDATE account SET password = 'new' WHERE id = 'password'`,
    ],
  },
  {
    name: 'a password that an administrator sets',
    reads: OLD_PASSWORD,
    statements: [`UPDATE account SET password = 'new' WHERE id = 'password'`],
  },
  {
    name: 'a first password',
    reads: `SELECT FROM account WHERE id = 'provider'`,
    statements: [
      `DELETE FROM account WHERE id = 'password'`,
      `INSERT INTO account (id, user_id, account_id, provider_id, password) VALUES ('first', 'u', 'u', 'credential', 'new')`,
    ],
  },
  {
    name: 'a ban',
    reads: `SELECT FROM "user" WHERE id = 'u' AND NOT banned`,
    statements: [`UPDATE "user" SET banned = true WHERE id = 'u'`],
  },
  {
    name: 'a ban that is lifted in the same transaction',
    reads: `SELECT FROM "user" WHERE id = 'u' AND NOT banned`,
    statements: [
      `UPDATE "user" SET banned = true WHERE id = 'u'`,
      `UPDATE "user" SET banned = false WHERE id = 'u'`,
    ],
  },
  {
    name: 'the activation of the second factor',
    reads: `SELECT FROM "user" WHERE id = 'u' AND NOT two_factor_enabled`,
    statements: [`UPDATE "user" SET two_factor_enabled = true WHERE id = 'u'`],
  },
  {
    name: 'the deletion of the user',
    reads: `SELECT FROM "user" WHERE id = 'u'`,
    statements: [`DELETE FROM "user" WHERE id = 'u'`],
  },
  {
    name: 'the removal of a provider',
    reads: `SELECT FROM account WHERE id = 'provider'`,
    statements: [`DELETE FROM account WHERE id = 'provider'`],
    keepsSessions: true,
  },
  {
    name: 'the removal of a passkey',
    reads: `SELECT FROM passkey WHERE id = 'p'`,
    statements: [`DELETE FROM passkey WHERE id = 'p'`],
    keepsSessions: true,
  },
  {
    name: 'a new e-mail address',
    reads: `SELECT FROM "user" WHERE email = 'u@example.com'`,
    statements: [`UPDATE "user" SET email = 'v@example.com' WHERE id = 'u'`],
    keepsSessions: true,
  },
  {
    name: 'the end of the second factor',
    prepare: `UPDATE "user" SET two_factor_enabled = true WHERE id = 'u'`,
    reads: `SELECT FROM "user" WHERE id = 'u' AND two_factor_enabled`,
    statements: [`UPDATE "user" SET two_factor_enabled = false WHERE id = 'u'`],
    keepsSessions: true,
  },
  {
    name: 'another account at the provider',
    reads: `SELECT FROM account WHERE id = 'provider' AND account_id = 'g'`,
    statements: [`UPDATE account SET account_id = 'h' WHERE id = 'provider'`],
    keepsSessions: true,
  },
  {
    name: 'a password that is emptied',
    reads: OLD_PASSWORD,
    statements: [`UPDATE account SET password = NULL WHERE id = 'password'`],
    keepsSessions: true,
  },
  {
    name: 'another key of a passkey',
    reads: `SELECT FROM passkey WHERE id = 'p' AND public_key = 'k'`,
    statements: [`UPDATE passkey SET public_key = 'l' WHERE id = 'p'`],
    keepsSessions: true,
  },
  {
    name: 'another secret of the second factor',
    reads: `SELECT FROM two_factor WHERE secret = 'old'`,
    statements: [`UPDATE two_factor SET secret = 'new'`],
    keepsSessions: true,
  },
];

/** A user with each kind of credentials. */
export const USER = [
  `DELETE FROM "user"`,
  `INSERT INTO "user" (id, name, email) VALUES ('u', 'U', 'u@example.com')`,
  `INSERT INTO account (id, user_id, account_id, provider_id, password) VALUES
     ('password', 'u', 'u', 'credential', 'old'), ('provider', 'u', 'g', 'google', NULL)`,
  `INSERT INTO passkey (id, user_id, public_key, credential_id, counter, device_type, backed_up)
     VALUES ('p', 'u', 'k', 'c', 0, 'singleDevice', false)`,
  `INSERT INTO two_factor (id, user_id, secret, backup_codes, verified)
     VALUES ('t', 'u', 'old', '', true)`,
];
