import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session begins only if the credentials are still those on which it was decided.
 *
 * The auth server reads a password hash, verifies it for 40 ms and then inserts the session. A
 * change of the credentials that commits in between must win. Therefore:
 *
 * - A request takes a snapshot (`pg_current_snapshot()`) before it reads anything. Its writes
 *   carry that snapshot in the column `basis`, as `<id of the request> <snapshot>`.
 * - `credential_state` holds, for each user, the transaction that changed the credentials last.
 * - The insert of a session locks that row in share mode and refuses (GH001) when the
 *   transaction is not visible in the snapshot. A change updates that row first and deletes the
 *   sessions afterwards. The two therefore run one after the other: either the insert sees the
 *   change, or the deletion sees the session.
 *
 * A change of the password that was decided on older credentials is refused in the same way. A
 * request that changed the credentials itself may continue: `changed_on` holds its basis.
 *
 * A row without basis is decided in its own statement. After a restore, numbers of transactions
 * come from another server; a number that this server has not reached yet counts as old.
 */
export class EndSessionsWithCredentials1795430000000 implements MigrationInterface {
  readonly name = 'EndSessionsWithCredentials1795430000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    for (const statement of UP) await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

/** Names are resolved in the schema of the tables, never in one that the caller chooses. */
const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

const BASIS_TABLES = ['user', 'session', 'account', 'verification'];

const CREATE_STATE = `
  CREATE TABLE "credential_state" (
    "user_id" text NOT NULL,
    "changed_in" xid8,
    "changed_on" text,
    CONSTRAINT "credential_state_pkey" PRIMARY KEY ("user_id"),
    CONSTRAINT "credential_state_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
  )`;

const BEGIN_STATE = `
  CREATE FUNCTION "gatehouse_begin_credential_state"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    INSERT INTO credential_state (user_id) VALUES (NEW.id);
    RETURN NULL;
  END $$`;

/** Whether no change of the credentials came after the basis. The caller holds the row's lock. */
const IS_CURRENT = `
  CREATE FUNCTION "gatehouse_is_current"(state "credential_state", basis text) RETURNS boolean
  ${LANGUAGE} AS $$
  DECLARE
    decided text := split_part(basis, ' ', 1) || ' ' || split_part(basis, ' ', 2);
    reached pg_snapshot;
  BEGIN
    IF basis IS NULL OR state.changed_in IS NULL OR state.changed_on = decided THEN
      RETURN true;
    END IF;
    -- In a statement of its own: it must be newer than the lock.
    SELECT pg_current_snapshot() INTO reached;
    RETURN pg_visible_in_snapshot(state.changed_in, split_part(basis, ' ', 2)::pg_snapshot)
        OR (state.changed_in >= pg_snapshot_xmax(reached)
            AND state.changed_in IS DISTINCT FROM pg_current_xact_id_if_assigned());
  END $$`;

const CHANGE_CREDENTIALS = `
  CREATE FUNCTION "gatehouse_change_credentials"(owner text, basis text) RETURNS void
  ${LANGUAGE} AS $$
  DECLARE
    state credential_state;
  BEGIN
    SELECT * INTO state FROM credential_state WHERE user_id = owner FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      RETURN;
    END IF;
    IF NOT gatehouse_is_current(state, basis) THEN
      RAISE EXCEPTION 'the credentials have changed' USING ERRCODE = 'GH001';
    END IF;
    UPDATE credential_state
       SET changed_in = pg_current_xact_id(),
           changed_on = split_part(basis, ' ', 1) || ' ' || split_part(basis, ' ', 2)
     WHERE user_id = owner;
  END $$`;

/** After the change of the state, so that no session is missed. */
const END_SESSIONS = `
  CREATE FUNCTION "gatehouse_end_sessions"(owner text) RETURNS void ${LANGUAGE} AS $$
  BEGIN
    DELETE FROM session WHERE user_id = owner OR impersonated_by = owner;
  END $$`;

/**
 * The user is locked before the state, in the order in which a deletion of the user locks them.
 * A session in which an administrator acts as the user also rests on the administrator.
 */
const BEGIN_SESSION = `
  CREATE FUNCTION "gatehouse_begin_session"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    state credential_state;
  BEGIN
    PERFORM FROM "user" WHERE id IN (NEW.user_id, NEW.impersonated_by) ORDER BY id FOR KEY SHARE;
    FOR state IN
      SELECT * FROM credential_state WHERE user_id IN (NEW.user_id, NEW.impersonated_by)
       ORDER BY user_id FOR SHARE
    LOOP
      IF NOT gatehouse_is_current(state, NEW.basis) THEN
        RAISE EXCEPTION 'the credentials have changed' USING ERRCODE = 'GH001';
      END IF;
    END LOOP;
    NEW.basis := NULL;
    RETURN NEW;
  END $$`;

/**
 * A new password ends every session of its user, also a first one: a sign-up has none yet. The
 * third word of the basis makes exceptions: `keep` for a user who keeps the other sessions,
 * `rehash` for the same password under a newer hash.
 */
const CHANGE_ACCOUNT = `
  CREATE FUNCTION "gatehouse_change_account"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    basis text := NEW.basis;
    exception text := split_part(basis, ' ', 3);
  BEGIN
    NEW.basis := NULL;
    IF exception = 'rehash' OR NEW.password IS NULL THEN
      RETURN NEW;
    END IF;
    PERFORM gatehouse_change_credentials(NEW.user_id, basis);
    IF exception <> 'keep' OR exception IS NULL THEN
      PERFORM gatehouse_end_sessions(NEW.user_id);
    END IF;
    RETURN NEW;
  END $$`;

const CHANGE_USER = `
  CREATE FUNCTION "gatehouse_change_user"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    basis text := NEW.basis;
  BEGIN
    NEW.basis := NULL;
    IF NEW.two_factor_enabled IS DISTINCT FROM OLD.two_factor_enabled
       OR NEW.email IS DISTINCT FROM OLD.email THEN
      PERFORM gatehouse_change_credentials(OLD.id, basis);
    END IF;
    IF NEW.two_factor_enabled AND NOT OLD.two_factor_enabled THEN
      PERFORM gatehouse_end_sessions(OLD.id);
    END IF;
    RETURN NEW;
  END $$`;

/** Name, table, event with condition, function. */
const TRIGGERS = [
  ['user_begins_credential_state', 'user', 'AFTER INSERT', '', 'begin_credential_state'],
  [
    'user_changes_credentials',
    'user',
    'BEFORE UPDATE',
    `WHEN (NEW.basis IS NOT NULL OR NEW.email IS DISTINCT FROM OLD.email
       OR NEW.two_factor_enabled IS DISTINCT FROM OLD.two_factor_enabled)`,
    'change_user',
  ],
  ['session_begins', 'session', 'BEFORE INSERT', '', 'begin_session'],
  [
    'session_begins_for_another',
    'session',
    'BEFORE UPDATE',
    `WHEN (NEW.basis IS NOT NULL OR NEW.user_id IS DISTINCT FROM OLD.user_id
       OR NEW.impersonated_by IS DISTINCT FROM OLD.impersonated_by)`,
    'begin_session',
  ],
  ['account_begins', 'account', 'BEFORE INSERT', '', 'change_account'],
  [
    'account_changes_password',
    'account',
    'BEFORE UPDATE',
    `WHEN (NEW.password IS DISTINCT FROM OLD.password)`,
    'change_account',
  ],
  [
    'account_drops_basis',
    'account',
    'BEFORE UPDATE',
    'WHEN (NEW.basis IS NOT NULL AND NEW.password IS NOT DISTINCT FROM OLD.password)',
    'drop_basis',
  ],
] as const;

const DROP_BASIS = `
  CREATE FUNCTION "gatehouse_drop_basis"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    NEW.basis := NULL;
    RETURN NEW;
  END $$`;

const UP = [
  ...BASIS_TABLES.map((table) => `ALTER TABLE "${table}" ADD COLUMN "basis" text`),
  CREATE_STATE,
  'INSERT INTO "credential_state" (user_id) SELECT id FROM "user"',
  BEGIN_STATE,
  IS_CURRENT,
  CHANGE_CREDENTIALS,
  END_SESSIONS,
  BEGIN_SESSION,
  CHANGE_ACCOUNT,
  CHANGE_USER,
  DROP_BASIS,
  ...TRIGGERS.flatMap(([name, table, event, condition, run]) => [
    `CREATE TRIGGER "${name}" ${event} ON "${table}" FOR EACH ROW ${condition}
       EXECUTE FUNCTION "gatehouse_${run}"()`,
    `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
  ]),
];

const FUNCTIONS = [
  ...new Set(TRIGGERS.map(([, , , , run]) => `"gatehouse_${run}"()`)),
  '"gatehouse_end_sessions"(text)',
  '"gatehouse_change_credentials"(text, text)',
  '"gatehouse_is_current"("credential_state", text)',
];

const DOWN = [
  ...TRIGGERS.map(([name, table]) => `DROP TRIGGER "${name}" ON "${table}"`),
  ...FUNCTIONS.map((signature) => `DROP FUNCTION ${signature}`),
  'DROP TABLE "credential_state"',
  ...BASIS_TABLES.map((table) => `ALTER TABLE "${table}" DROP COLUMN "basis"`),
];
