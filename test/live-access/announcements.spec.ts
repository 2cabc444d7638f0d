import { NotificationRecorder } from './notification-recorder';
import { parseAccessChange } from '../../src/auth/live-access/access-change';
import { createTestDatabase, type TestDatabase } from '../support/database';

const EVERYTHING = { all: true };

/** The maximum number of notifications of one transaction. */
const MOST = 17;

let database: TestDatabase;
let recorder: NotificationRecorder;

beforeAll(async () => {
  database = await createTestDatabase();
  recorder = await NotificationRecorder.on(database.url);
});

afterAll(async () => {
  await recorder.close();
  await database.drop();
});

beforeEach(async () => {
  await recorder.sql.query('ROLLBACK; TRUNCATE "user" CASCADE');
  await addUsers('a', 'b');
  await addSessions({ a: ['a1', 'a2'], b: ['b1'] });
});

describe('a change of access or of a profile is announced', () => {
  it.each([
    ['a role that changes', `SET role = 'admin'`],
    ['a ban', `SET banned = true`],
    ['a ban that ends at a time', `SET ban_expires = now()`],
    ['a user who gets another id', `SET id = 'z'`],
    ['a name', `SET name = 'Another'`],
    ['a picture', `SET image = 'https://x.org/a.png'`],
    ['an e-mail address', `SET email = 'other@x.org'`],
    ['an e-mail address that is verified', `SET email_verified = true`],
    ['the reason of a ban', `SET ban_reason = 'spam'`],
    ['a time of creation', `SET created_at = now() - interval '1 day'`],
    ['a time of change', `SET updated_at = now() + interval '1 day'`],
  ])('announces %s', async (_what, assignment) => {
    await recorder.sql.query('DELETE FROM session');
    const received = await recorder.announcedBy(`UPDATE "user" ${assignment} WHERE id = 'a'`);
    expect(received).toEqual([{ users: ['a'] }]);
  });

  it('announces the end of a ban, and the removal of an expiry', async () => {
    await recorder.sql.query(`UPDATE "user" SET banned = true, ban_expires = now() WHERE id = 'a'`);
    const lifted = `UPDATE "user" SET banned = false WHERE id = 'a'`;
    const unlimited = `UPDATE "user" SET ban_expires = NULL WHERE id = 'a'`;
    expect(await recorder.announcedBy(lifted)).toEqual([{ users: ['a'] }]);
    expect(await recorder.announcedBy(unlimited)).toEqual([{ users: ['a'] }]);
  });

  it('announces a user who is banned together with the sessions that the ban ends', async () => {
    const received = await recorder.announcedBy(`UPDATE "user" SET banned = true WHERE id = 'a'`);
    expect(received).toEqual([{ users: ['a'] }, { sessions: ['a1', 'a2'] }]);
  });

  it('announces a user who is deleted together with the sessions', async () => {
    const received = await recorder.announcedBy(`DELETE FROM "user" WHERE id = 'a'`);
    expect(sorted(received)).toEqual(sorted([{ users: ['a'] }, { sessions: ['a1', 'a2'] }]));
  });

  it.each([
    ['a session that is deleted', `DELETE FROM session WHERE id = 'a1'`],
    ['a session that ends earlier', `UPDATE session SET expires_at = now() WHERE id = 'a1'`],
    ['a session that goes to another user', `UPDATE session SET user_id = 'b' WHERE id = 'a1'`],
    ['a session that gets another id', `UPDATE session SET id = 'z' WHERE id = 'a1'`],
  ])('announces %s', async (_what, statement) => {
    expect(await recorder.announcedBy(statement)).toEqual([{ sessions: ['a1'] }]);
  });

  it('announces only the changed rows of a statement', async () => {
    // Without sessions: the second factor would end them.
    await recorder.sql.query('DELETE FROM session');
    const received = await recorder.announcedBy(
      `UPDATE "user" SET role = CASE id WHEN 'a' THEN 'admin' ELSE role END,
                       two_factor_enabled = NOT two_factor_enabled`,
    );
    expect(received).toEqual([{ users: ['a'] }]);
  });

  it('announces a session that takes the id of a session deleted before', async () => {
    const received = await recorder.announcedTogether(
      `DELETE FROM session WHERE id = 'a1'`,
      `UPDATE session SET id = 'a1' WHERE id = 'b1'`,
    );
    expect(received).toEqual([{ sessions: ['a1'] }, { sessions: ['b1'] }]);
  });

  it.each(['"user" CASCADE', 'session CASCADE'])('announces TRUNCATE %s', async (tables) => {
    expect(await recorder.announcedBy(`TRUNCATE ${tables}`)).toContainEqual(EVERYTHING);
  });

  it.each([
    [`INSERT INTO jwks (id, public_key, private_key) VALUES ('k', 'p', 'q')`],
    [`UPDATE jwks SET expires_at = now()`],
    [`DELETE FROM jwks`],
    [`TRUNCATE jwks`],
  ])('announces a change of the signing keys: %s', async (statement) => {
    expect(await recorder.announcedBy(statement)).toEqual([{ keys: true }]);
  });
});

describe('a change that affects neither access nor the profile is not announced', () => {
  it.each([
    ['a user who signs up', `INSERT INTO "user" (id, name, email) VALUES ('c', 'C', 'c@x.org')`],
    [
      'a sign-in',
      `INSERT INTO session (id, user_id, token, expires_at) VALUES ('a3', 'a', 't', now())`,
    ],
    ['a session that is extended', `UPDATE session SET expires_at = expires_at + '1 day'`],
    ['a session that is touched', `UPDATE session SET updated_at = now(), ip_address = '::1'`],
    ['a profile that stays the same', `UPDATE "user" SET name = name, image = image`],
    ['a second factor that is off', `UPDATE "user" SET two_factor_enabled = false`],
    ['a role that stays the same', `UPDATE "user" SET role = 'user'`],
    ['a ban that stays the same', `UPDATE "user" SET banned = false, ban_expires = NULL`],
    ['a statement that matches no row', `DELETE FROM session WHERE id = 'nobody'`],
    ['a new table of someone else', `CREATE TEMP TABLE t AS SELECT * FROM "user"`],
  ])('is silent for %s', async (_what, statement) => {
    expect(await recorder.announcedBy(statement)).toEqual([]);
  });

  it('is silent for users who are copied in', async () => {
    if (!(await isSuperuser())) return;
    const copy = `COPY "user" (id, name, email) FROM PROGRAM 'echo c,C,c@x.org' WITH (FORMAT csv)`;
    expect(await recorder.announcedBy(copy)).toEqual([]);
  });
});

describe('a change by any writer and statement', () => {
  it('announces what INSERT ON CONFLICT DO UPDATE changes', async () => {
    const received = await recorder.announcedBy(
      `INSERT INTO "user" (id, name, email, role)
       VALUES ('a', 'A', 'new@x.org', 'admin'), ('c', 'C', 'c@x.org', 'admin')
       ON CONFLICT (id) DO UPDATE SET role = excluded.role`,
    );
    expect(received).toEqual([{ users: ['a'] }]);
  });

  it('announces what MERGE updates and deletes', async () => {
    if (await isOlderThan(15)) return;
    const received = await recorder.announcedBy(
      `MERGE INTO session s USING (VALUES ('a1'), ('a2')) AS given (id) ON s.id = given.id
       WHEN MATCHED AND s.id = 'a1' THEN DELETE
       WHEN MATCHED THEN UPDATE SET expires_at = s.expires_at - interval '1 day'`,
    );
    expect(sorted(received)).toEqual(sorted([{ sessions: ['a1'] }, { sessions: ['a2'] }]));
  });

  it('announces a change that is made by a data-modifying WITH', async () => {
    const received = await recorder.announcedBy(
      `WITH gone AS (DELETE FROM session WHERE user_id = 'a' RETURNING user_id)
       UPDATE "user" SET role = 'admin' WHERE id IN (SELECT user_id FROM gone)`,
    );
    expect(received).toHaveLength(2);
  });

  it('announces a change in replication role, in which ordinary triggers do not run', async () => {
    if (!(await isSuperuser())) return;
    const received = await recorder.announcedBy(
      'SET session_replication_role = replica',
      `UPDATE "user" SET role = 'admin' WHERE id = 'a'`,
      `DELETE FROM session WHERE id = 'a1'`,
      'RESET session_replication_role',
    );
    expect(received).toEqual([{ users: ['a'] }, { sessions: ['a1'] }]);
  });

  it('announces a change by a role that can only write rows', async () => {
    if (!(await isSuperuser())) return;
    const role = `gatehouse_test_${process.pid}`;
    await recorder.sql.query(
      `CREATE ROLE ${role}; GRANT SELECT, UPDATE, DELETE ON "user", session TO ${role};
       GRANT INSERT ON access_event TO ${role}`,
    );
    const received = await recorder.announcedBy(
      `SET ROLE ${role}`,
      `UPDATE "user" SET role = 'admin' WHERE id = 'a'`,
      `DELETE FROM session WHERE id = 'b1'`,
      'RESET ROLE',
    );
    await recorder.sql.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    expect(received).toEqual([{ users: ['a'] }, { sessions: ['b1'] }]);
  });

  it('is not affected by objects with the same names in other schemas', async () => {
    await recorder.sql.query(
      `CREATE SCHEMA trap;
       CREATE FUNCTION trap.pg_notify(text, text) RETURNS void LANGUAGE sql AS '';
       SET search_path = trap, public, pg_catalog`,
    );
    const received = await recorder.announcedBy(`UPDATE "user" SET role = 'admin' WHERE id = 'a'`);
    await recorder.sql.query('RESET search_path; DROP SCHEMA trap CASCADE');
    expect(received).toEqual([{ users: ['a'] }]);
  });
});

describe('at commit only', () => {
  it('announces after the commit, not after the statement', async () => {
    const early = ['BEGIN', `UPDATE "user" SET role = 'admin' WHERE id = 'a'`];
    expect(await recorder.announcedBy(...early)).toEqual([]);
    expect(await recorder.announcedBy('COMMIT')).toEqual([{ users: ['a'] }]);
  });

  it('announces nothing that is rolled back', async () => {
    const received = await recorder.announcedBy(
      'BEGIN',
      `UPDATE "user" SET role = 'admin'`,
      'ROLLBACK',
    );
    expect(received).toEqual([]);
  });

  it('announces changes after a savepoint, and nothing that is rolled back to it', async () => {
    const received = await recorder.announcedTogether(
      'SAVEPOINT s',
      `UPDATE "user" SET role = 'admin' WHERE id = 'a'`,
      'ROLLBACK TO s',
      `UPDATE "user" SET role = 'admin' WHERE id = 'b'`,
    );
    expect(received).toEqual([{ users: ['b'] }]);
  });

  it('does not count rolled back changes', async () => {
    const single = (id: string) =>
      `UPDATE "user" SET ban_expires = coalesce(ban_expires, '2000-01-01') + interval '1 day' WHERE id = '${id}'`;
    const received = await recorder.announcedTogether(
      'SAVEPOINT s',
      ...Array.from({ length: 20 }, () => single('a')),
      'ROLLBACK TO s',
      single('b'),
    );
    expect(received).toEqual([{ users: ['b'] }]);
  });

  it('begins a new count in each transaction', async () => {
    const flips = Array.from(
      { length: 20 },
      () =>
        `UPDATE "user" SET ban_expires = coalesce(ban_expires, '2000-01-01') + interval '1 day'`,
    );
    const received = await recorder.announcedBy(...flips);
    expect(received.filter((payload) => 'users' in (payload as object))).toHaveLength(20);
  });
});

describe('a transaction sends few notifications for any number of changes', () => {
  // More than the notifications of one transaction could name.
  const COUNT = 2_000;

  beforeEach(async () => {
    await recorder.sql.query('TRUNCATE "user" CASCADE');
    await recorder.sql.query(
      `INSERT INTO "user" (id, name, email) SELECT 'u' || i, 'U', 'u' || i || '@x.org'
         FROM generate_series(1, ${COUNT}) i;
       INSERT INTO session (id, user_id, token, expires_at)
       SELECT 's' || i, 'u' || i, 't' || i, now() + '1 day' FROM generate_series(1, ${COUNT}) i`,
    );
  });

  it.each([
    ['one UPDATE', [`UPDATE "user" SET banned = true`]],
    ['one DELETE', [`DELETE FROM session`]],
    ['one DELETE that cascades', [`DELETE FROM "user"`]],
    ['one DELETE after many of one row each', [...eachRow('session'), `DELETE FROM "user"`]],
    ['a statement for each row', eachRow('"user"')],
  ])('sends at most 17 and covers all users for %s', async (_what, statements) => {
    const received = await recorder.announcedTogether(...statements);
    expect(received.length).toBeLessThanOrEqual(MOST);
    expect(received.at(-1)).toEqual(EVERYTHING);
  });

  it('names up to 100 rows of a statement', async () => {
    const some = `UPDATE "user" SET role = 'admin' WHERE id IN (SELECT 'u' || i FROM generate_series(1, 100) i)`;
    const [payload, ...others] = await recorder.announcedBy(some);
    expect((payload as { users: string[] }).users).toHaveLength(100);
    expect(others).toEqual([]);
  });

  function eachRow(table: string): string[] {
    const change =
      table === 'session'
        ? 'DELETE FROM session WHERE id ='
        : 'UPDATE "user" SET banned = true WHERE id =';
    const prefix = table === 'session' ? 's' : 'u';
    return [
      `DO $$ BEGIN
         FOR i IN 1..${COUNT} LOOP EXECUTE format('${change} %L', '${prefix}' || i); END LOOP;
       END $$`,
    ];
  }
});

describe('ids of any form', () => {
  it.each([
    ['quotes, commas and braces', `it's "a", {"all":true}\\`],
    ['characters of every plane', 'Zoë 漢字 🚪 \u0301 \u202e'],
    ['control characters', 'a\nb\tc\u0001'],
    ['an empty string', ''],
  ])('announces ids with %s in readable form', async (_what, id) => {
    await addUsers(id);
    const [payload] = await recorder.during(() =>
      recorder.sql.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [id]),
    );
    expect(parseAccessChange(JSON.stringify(payload)).users).toEqual([id]);
  });

  it('announces a change of everything when ids are too long for a payload', async () => {
    const ids = ['x'.repeat(4_000), 'y'.repeat(4_000)];
    await addUsers(...ids);
    const received = await recorder.during(() =>
      recorder.sql.query(`UPDATE "user" SET role = 'admin' WHERE id = ANY($1)`, [ids]),
    );
    expect(received).toEqual([EVERYTHING]);
  });

  it('treats an unknown payload as a change of everything', () => {
    for (const payload of ['', '{', 'null', '[]', '{"users":"a"}', '{"other":[]}', '{"users":[1]}'])
      expect(parseAccessChange(payload)).toMatchObject({ all: true, keys: true });
  });
});

async function addUsers(...ids: string[]): Promise<void> {
  await recorder.sql.query(
    `INSERT INTO "user" (id, name, email) SELECT id, 'Someone', md5(id) || '@x.org'
       FROM unnest($1::text[]) AS id`,
    [ids],
  );
}

async function addSessions(byUser: Record<string, string[]>): Promise<void> {
  for (const [user, ids] of Object.entries(byUser)) {
    await recorder.sql.query(
      `INSERT INTO session (id, user_id, token, expires_at)
       SELECT id, $1, id, now() + '1 day' FROM unnest($2::text[]) AS id`,
      [user, ids],
    );
  }
}

/** Not tested on a given server that does not allow it. */
async function isSuperuser(): Promise<boolean> {
  const found = await recorder.sql.query<{ is_superuser: string }>('SHOW is_superuser');
  return found.rows[0]!.is_superuser === 'on';
}

async function isOlderThan(major: number): Promise<boolean> {
  const found = await recorder.sql.query<{ server_version_num: string }>('SHOW server_version_num');
  return Number(found.rows[0]!.server_version_num) < major * 10_000;
}

function sorted(payloads: unknown[]): string[] {
  return payloads.map((payload) => JSON.stringify(payload)).toSorted();
}
