import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { enrolUser } from '../second-factor/enrolment';
import { Caller, type Answer } from '../support/caller';
import { eventually } from '../support/eventually';
import { changeDuring, HOLD_UP } from '../support/servers/held-up-session';
import { PASSWORD, System, type SignedInUser } from '../support/system';

/** Sessions of the client `slow` wait, those of the change do not. */
const HOLD_UP_SLOW = `
  CREATE TRIGGER a_hold_up BEFORE INSERT ON session FOR EACH ROW
   WHEN (NEW.user_agent = 'slow') EXECUTE FUNCTION hold_up()`;

/** A deadlock at the first attempt; a sequence keeps its value when a transaction is rolled back. */
const CONFLICT = [
  'CREATE SEQUENCE conflicts',
  `CREATE FUNCTION conflict_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
   BEGIN
     IF nextval('conflicts') = 1 THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER a_conflict BEFORE UPDATE OF password ON account FOR EACH ROW EXECUTE FUNCTION conflict_once()`,
  `CREATE TRIGGER a_conflict BEFORE UPDATE OF banned ON "user" FOR EACH ROW EXECUTE FUNCTION conflict_once()`,
];

const NEW_PASSWORD = `${randomUUID()} is new`;

let system: System;
let admin: SignedInUser;
let holder: Client;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  admin = await system.asAdmin();
  holder = new Client(system.database.url);
  await holder.connect();
  for (const statement of [HOLD_UP, HOLD_UP_SLOW]) await holder.query(statement);
});

afterAll(async () => {
  await holder.end();
  await system.stop();
});

describe('a sign-in with the right password, during which', () => {
  it.each([
    ['the password is reset', resetPassword, 401, 'invalid_credentials'],
    ['an administrator sets another password', setPassword, 401, 'invalid_credentials'],
    ['the user changes the password', changePassword, 401, 'invalid_credentials'],
    [
      'the second factor is activated',
      (user: SignedInUser) => enrolUser(system, user),
      401,
      'invalid_credentials',
    ],
    ['the user is deleted', deleteUser, 401, 'invalid_credentials'],
    ['the user is banned', banUser, 403, 'banned'],
    ['a statement bans the user', banByStatement, 403, 'banned'],
    ['the user is banned and the ban is lifted', banAndUnban, 401, 'invalid_credentials'],
  ] as const)('%s, is refused', async (_name, change, status, code) => {
    const user = await system.asUser();
    const { answer } = await duringChange(signInSlowly(user.email), () => change(user));
    expect(answer).toMatchObject({ status, body: { code } });
    await expect(slowSessionsOf(user.id)).resolves.toBe(0);
    const { refreshToken } = user;
    const renewed = await system.asAnonymous().post('/api/v1/auth/refresh', { refreshToken });
    expect(renewed).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
  });

  it('the hash of the same password is renewed, is accepted', async () => {
    const user = await system.asUser();
    const { answer } = await duringChange(signInSlowly(user.email), () =>
      system.query(
        `UPDATE account SET password = password || ' ', basis = '- - rehash' WHERE user_id = $1`,
        [user.id],
      ),
    );
    expect(answer.status).toBe(200);
  });
});

it('changes of one account at the same time end without a server error', async () => {
  const statuses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const user = await system.asUser();
    const answers = await Promise.all(changesOf(user).map((change) => change()));
    statuses.push(...answers.map(({ status }) => status));
  }
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
});

describe('a transaction that PostgreSQL rolls back because of another one', () => {
  beforeAll(async () => {
    for (const statement of CONFLICT) await holder.query(statement);
  });
  afterAll(() => holder.query('DROP FUNCTION conflict_once() CASCADE'));

  it.each([
    ['a change of the password', changePassword, 'user.password_changed'],
    ['a ban by the API', ({ id }: SignedInUser) => putBan(id), 'user.banned'],
    [
      'a ban by the auth server',
      ({ id: userId }: SignedInUser) => callAuth(admin).post('/admin/ban-user', { userId }),
      'user.banned',
    ],
  ] as const)('is repeated: %s', async (_name, change, action) => {
    const user = await system.asUser();
    await holder.query('ALTER SEQUENCE conflicts RESTART');
    expect(await change(user)).toMatchObject({ status: 200 });
    const [{ last_value: attempts }] = (await holder.query('SELECT last_value FROM conflicts'))
      .rows;
    expect(Number(attempts)).toBe(2);
    const events = await system.query(
      'SELECT FROM audit_event WHERE subject_id = $1 AND action = $2',
      [user.id, action],
    );
    expect(events).toHaveLength(1);
  });
});

describe('the second step of a sign-in', () => {
  it('is refused when the password was reset after the first step', async () => {
    const user = await system.asUser();
    const { app } = await enrolUser(system, user);
    const first = await signIn(user.email);
    const challenge = String(first.body['challenge']);
    await system.query(
      `CREATE TABLE saved_challenge AS SELECT * FROM verification WHERE value = $1 AND identifier LIKE '2fa-%'`.replace(
        '$1',
        `'${user.id}'`,
      ),
    );
    await resetPassword(user);
    // As if it had been noted a moment after the reset.
    await system.query('INSERT INTO verification SELECT * FROM saved_challenge');
    const second = await system
      .asAnonymous()
      .post('/api/v1/auth/two-factor', { challenge, code: app.code(1) });
    expect(second.status).toBe(401);
    await expect(
      system.query('SELECT id FROM session WHERE user_id = $1', [user.id]),
    ).resolves.toEqual([]);
  });

  it.each([
    ['is banned', banByStatement, 403, 'banned'],
    ['is deleted', deleteUser, 401, 'invalid_challenge'],
    ['loses the second factor', removeSecondFactor, 401, 'invalid_challenge'],
  ] as const)('is refused when the user %s', async (_name, change, status, code) => {
    const user = await system.asUser();
    const { app } = await enrolUser(system, user);
    const { challenge } = (await signIn(user.email)).body as { challenge: string };
    const body = { challenge, code: app.code(1) };
    const { answer } = await duringChange(
      () => system.asAnonymous().post('/api/v1/auth/two-factor', body, SLOW),
      () => change(user),
    );
    expect(answer).toMatchObject({ status, body: { code } });
    await expect(slowSessionsOf(user.id)).resolves.toBe(0);
  });
});

describe('an impersonation, before whose session begins', () => {
  const REFUSED = 'IMPERSONATION_NOT_ALLOWED';
  /** The change, the code of the auth server, the problem of the API. */
  const WAYS: [string, string, string, string][] = [
    [
      'its administrator is banned',
      `UPDATE "user" SET banned = true WHERE id = $1 AND $2 <> ''`,
      'BANNED_USER',
      'banned',
    ],
    [
      'its administrator is demoted',
      `UPDATE "user" SET role = 'user' WHERE id = $1 AND $2 <> ''`,
      REFUSED,
      'forbidden',
    ],
    [
      'its administrator is deleted',
      `DELETE FROM "user" WHERE id = $1 AND $2 <> ''`,
      REFUSED,
      'forbidden',
    ],
    [
      'the user becomes an administrator',
      `UPDATE "user" SET role = 'admin' WHERE id = $2 AND $1 <> ''`,
      REFUSED,
      'cannot_impersonate_admin',
    ],
    [
      'the user is banned',
      `UPDATE "user" SET banned = true WHERE id = $2 AND $1 <> ''`,
      'BANNED_USER',
      'banned',
    ],
  ];

  it.each(WAYS)('%s, is refused by both processes', async (_way, statement, code, problem) => {
    const requests = [
      (other: SignedInUser, userId: string) =>
        callAuth(other).post('/admin/impersonate-user', { userId }, SLOW),
      ({ caller }: SignedInUser, userId: string) =>
        caller.post(`/api/v1/admin/users/${userId}/impersonate`, undefined, SLOW),
    ];
    const codes: unknown[] = [];
    for (const request of requests) {
      const [other, target] = [await system.asNewAdmin(), await system.asUser()];
      const { answer } = await duringChange(
        () => request(other, target.id),
        () => system.query(statement, [other.id, target.id]),
      );
      codes.push((answer.body as { code?: string }).code);
      await expect(slowSessionsOf(target.id)).resolves.toBe(0);
    }
    expect(codes).toEqual([code, problem]);
  });
});

describe('a change of the password that was decided on the old password', () => {
  it('is refused when another one was set in the meantime', async () => {
    const user = await system.asUser();
    await holder.query(
      `CREATE TRIGGER a_hold_up BEFORE UPDATE OF password ON account EXECUTE FUNCTION hold_up()`,
    );
    const { answer } = await duringChange(
      () => changePassword(user, { revokeOtherSessions: false }),
      () => holder.query(`UPDATE account SET password = 'reset' WHERE user_id = $1`, [user.id]),
    );
    expect(answer.status).toBe(401);
    await expect(signIn(user.email, NEW_PASSWORD)).resolves.toMatchObject({ status: 401 });
  });
});

describe('two removals at once of the two sign-in methods of a user', () => {
  it.each(['account', 'passkey'])('keep one: %s', async (table) => {
    const user = await system.asUser();
    await holder.query(METHODS[table]!.replaceAll('$1', `'${user.id}'`));
    await holder.query(
      `BEGIN; SELECT FROM credential_state WHERE user_id = '${user.id}' FOR UPDATE`,
    );
    const answering = ['a', 'b'].map((name) => {
      const id = `${user.id}${name}`;
      return table === 'account'
        ? callAuth(user).post('/unlink-account', { accountId: id })
        : callAuth(user).post('/passkey/delete-passkey', { id });
    });
    await eventually(async () => expect(await countWaiting()).toBe(2));
    await holder.query('ROLLBACK');
    const answers = await Promise.all(answering);
    const refused = answers.filter(({ status }) => status === 400);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(refused).toHaveLength(1);
    expect(refused[0]!.body).toMatchObject({
      code: 'FAILED_TO_UNLINK_LAST_ACCOUNT',
      message: expect.stringContaining('last sign-in method'),
    });
  });
});

/** Two methods `a` and `b` of the user `$1`, and no other one. */
const METHODS: Record<string, string> = {
  account: `
    UPDATE account SET id = $1 || 'a', provider_id = 'github', password = NULL WHERE user_id = $1;
    INSERT INTO account (id, user_id, account_id, provider_id) VALUES ($1 || 'b', $1, $1, 'google')`,
  passkey: `BEGIN;
    DELETE FROM account WHERE user_id = $1;
    INSERT INTO passkey (id, user_id, public_key, credential_id, counter, device_type, backed_up)
    SELECT $1 || name, $1, 'k', $1 || name, 0, 'singleDevice', false FROM unnest('{a,b}'::text[]) name;
    COMMIT`,
};

async function countWaiting(): Promise<number> {
  const rows = await system.query(
    `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length;
}

const SLOW = { 'user-agent': 'slow' };

async function duringChange(request: () => Promise<Answer>, change: () => Promise<unknown>) {
  return { answer: await changeDuring({ holder, request, change }) };
}

function signIn(email: string, password = PASSWORD, headers = {}): Promise<Answer> {
  return system.asAnonymous().post('/api/v1/auth/sign-in', { email, password }, headers);
}

function signInSlowly(email: string): () => Promise<Answer> {
  return () => signIn(email, PASSWORD, SLOW);
}

async function resetPassword({ id }: SignedInUser): Promise<void> {
  const token = randomUUID();
  await system.query(
    `INSERT INTO verification (id, identifier, value, expires_at)
     VALUES ($1, 'reset-password:' || $1, $2, now() + interval '1 hour')`,
    [token, id],
  );
  await succeed(callAuth().post('/reset-password', { token, newPassword: NEW_PASSWORD }));
}

async function setPassword({ id: userId }: SignedInUser): Promise<void> {
  const body = { userId, newPassword: NEW_PASSWORD };
  await succeed(callAuth(admin).post('/admin/set-user-password', body));
}

function changePassword(user: SignedInUser, options: object = { revokeOtherSessions: true }) {
  const passwords = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  return callAuth(user).post('/change-password', { ...passwords, ...options });
}

async function banUser({ id }: SignedInUser): Promise<void> {
  await succeed(putBan(id));
}

function putBan(id: string): Promise<Answer> {
  return admin.caller.put(`/api/v1/admin/users/${id}/ban`, {});
}

async function banAndUnban(user: SignedInUser): Promise<void> {
  await banUser(user);
  await succeed(admin.caller.delete(`/api/v1/admin/users/${user.id}/ban`));
}

function banByStatement({ id }: SignedInUser): Promise<unknown> {
  return system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [id]);
}

async function removeSecondFactor({ id }: SignedInUser): Promise<void> {
  await succeed(admin.caller.delete(`/api/v1/admin/users/${id}/two-factor`));
}

async function deleteUser({ id }: SignedInUser): Promise<void> {
  await succeed(admin.caller.delete(`/api/v1/admin/users/${id}`));
}

/** Each takes locks on the user, the password and the sessions. */
function changesOf(user: SignedInUser): (() => Promise<Answer>)[] {
  const path = `/api/v1/admin/users/${user.id}`;
  const userId = user.id;
  return [
    () => changePassword(user),
    () => signIn(user.email),
    () => admin.caller.put(`${path}/role`, { role: 'admin' }),
    () => putBan(userId),
    () => callAuth(admin).post('/admin/set-user-password', { userId, newPassword: NEW_PASSWORD }),
    () => callAuth(admin).post('/admin/ban-user', { userId }),
    () => admin.caller.delete(`${path}/sessions`),
    () => admin.caller.delete(path),
  ];
}

async function succeed(answering: Promise<Answer>): Promise<void> {
  const { status, body } = await answering;
  if (status > 299) throw new Error(`${status} ${JSON.stringify(body)}`);
}

function callAuth(user?: SignedInUser): Caller {
  return new Caller(`${system.settings.authUrl}/api/auth`, user?.refreshToken);
}

/** Those in which the user is signed in with another client than the slow one. */
async function slowSessionsOf(id: string): Promise<number> {
  const rows = await system.query(
    `SELECT id FROM session WHERE user_id = $1 AND user_agent = 'slow'`,
    [id],
  );
  return rows.length;
}
