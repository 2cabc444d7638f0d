import { Pool } from 'pg';
import { registerDocsClient } from '../../auth-server/oauth/docs-client';
import {
  ENDED_GRANT_CLEANUP,
  REMOVAL_CLEANUP,
  WITHDRAWAL_CLEANUP,
} from '../../auth-server/oauth/token-cleanup';
import { DOCS_CLIENT_ID } from '../../contract';
import { DATABASE_ROLES } from '../../launcher/database-grants';
import { deleteBatches, transactionsOf } from '../../runtime/jobs/cleanup';
import { authSettings } from '../support/auth-server/auth-settings';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { NotificationRecorder } from '../live-access/notification-recorder';

let database: TestDatabase;
let recorder: NotificationRecorder;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  recorder = await NotificationRecorder.on(database.url);
  pool = new Pool({ connectionString: database.url });
});

afterAll(async () => {
  await pool.end();
  await recorder.close();
  await database.drop();
});

/** Tokens of each of the three sessions. */
const OF_SESSION = 5_000;

/** The tokens that the end of access deletes at once. */
const BOUND = 12_000;

beforeEach(async () => {
  await recorder.sql.query(`
    ROLLBACK;
    TRUNCATE "user", oauth_client, oauth_resource, access_event CASCADE;
    TRUNCATE oauth_refresh_token, oauth_ended_grant, oauth_withdrawal, oauth_removal CASCADE;
    INSERT INTO "user" (id, name, email) VALUES ('u', 'U', 'u@example.com');
    INSERT INTO session (id, user_id, token, expires_at)
    SELECT id, 'u', id, now() + interval '1 h' FROM unnest('{s1,s2,s3}'::text[]) AS id;
    INSERT INTO oauth_client (id, client_id, redirect_uris, grant_types, skip_consent, scopes)
    VALUES ('c', 'c', '[]', '["authorization_code", "refresh_token"]', true, '["r:read"]');
    INSERT INTO oauth_resource (id, identifier, name) VALUES ('r', 'r', 'R');
    INSERT INTO oauth_resource_scope (name, resource, description) VALUES ('r:read', 'r', 'Read');
    INSERT INTO oauth_client_resource (id, client_id, resource_id) VALUES ('c', 'c', 'r');
    INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at)
    VALUES ('c', 'c', 'u', '["r:read"]', now(), now());
    INSERT INTO oauth_grant (session_id, client_id) SELECT id, 'c' FROM session`);
  await addTokens({ session: 's%', from: 1, to: OF_SESSION });
});

/** @param of the sessions and the numbers of their tokens. */
async function addTokens(of: { session: string; from: number; to: number }): Promise<void> {
  await recorder.sql.query(`
    ALTER TABLE oauth_refresh_token DISABLE TRIGGER USER;
    INSERT INTO oauth_refresh_token
      (id, token, client_id, session_id, user_id, expires_at, created_at, resources, scopes)
    SELECT s.id || '-' || i, s.id || '-' || i, 'c', s.id, 'u', now() + interval '1 d', now(),
           '["r"]', '["r:read"]'
      FROM session s, generate_series(${of.from}, ${of.to}) i WHERE s.id LIKE '${of.session}'`);
  // As it was: with ENABLE, they would not run in replication role.
  await recorder.sql.query(`
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT tgname FROM pg_trigger
                   WHERE tgrelid = 'oauth_refresh_token'::regclass AND NOT tgisinternal LOOP
        EXECUTE format('ALTER TABLE oauth_refresh_token ENABLE ALWAYS TRIGGER %I', name);
      END LOOP;
    END $$`);
}

/** Adds sessions with a grant. */
async function addGrants(count: number): Promise<void> {
  await recorder.sql.query(`
    BEGIN;
    INSERT INTO "user" (id, name, email)
    SELECT 'u' || i, 'U', i || '@example.com' FROM generate_series(1, ${count / 100}) i;
    INSERT INTO session (id, user_id, token, expires_at)
    SELECT i || '-' || n, 'u' || i, i || '-' || n, now() + interval '1 h'
      FROM generate_series(1, ${count / 100}) i, generate_series(1, 100) n;
    INSERT INTO oauth_grant (session_id, client_id)
    SELECT id, 'c' FROM session WHERE user_id <> 'u';
    COMMIT`);
}

async function numberOf(rows: string): Promise<number> {
  const { rows: found } = await recorder.sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${rows}`,
  );
  return found[0]!.count;
}

/** @returns the number of ended grants whose tokens the job has deleted. */
function deleteLeft(): Promise<number | null> {
  return deleteBatches(ENDED_GRANT_CLEANUP, { inTransaction: transactionsOf(pool) });
}

const ENDS: [title: string, sql: string][] = [
  ['the user is banned', `UPDATE "user" SET banned = true`],
  ['the user is deleted', `DELETE FROM "user"`],
  ['the sessions end', 'DELETE FROM session'],
  ['the client is deleted', 'DELETE FROM oauth_client'],
  ['the client loses a grant type', `UPDATE oauth_client SET grant_types = '["refresh_token"]'`],
  ['the client is no longer first-party', 'UPDATE oauth_client SET skip_consent = false'],
  ['the consent is deleted', 'DELETE FROM oauth_consent'],
  ['the consent loses a scope', `UPDATE oauth_consent SET scopes = '[]'`],
  ['the scope is removed', 'DELETE FROM oauth_resource_scope'],
  ['the resource is removed', 'DELETE FROM oauth_resource'],
];

describe('the end of access to many refresh tokens', () => {
  it.each(ENDS)(
    'writes a bounded number of them, and a job the others: %s',
    async (_title, sql) => {
      await recorder.sql.query('BEGIN');
      const { rows } = await recorder.sql.query<{ xid: string }>(
        'SELECT pg_current_xact_id()::xid::text AS xid',
      );
      await recorder.sql.query(`${sql}; COMMIT`);
      expect(await numberOf('oauth_grant')).toBe(0);
      expect(await numberOf('oauth_refresh_token')).toBe(3 * OF_SESSION - BOUND);
      const written = `oauth_refresh_token WHERE xmin::text = '${rows[0]!.xid}'`;
      expect(await numberOf(written)).toBe(0);
      expect(await deleteLeft()).toBeGreaterThan(0);
      expect(await numberOf('oauth_refresh_token')).toBe(0);
      expect(await numberOf('oauth_ended_grant')).toBe(0);
    },
  );

  it('ends with the tokens of the ended grants, and those of others stay', async () => {
    await recorder.sql.query(`BEGIN; SET LOCAL gatehouse.deleted_tokens = '12000';
      DELETE FROM session WHERE id <> 's3'; COMMIT`);
    expect(await numberOf('oauth_refresh_token')).toBe(3 * OF_SESSION);
    expect(await deleteLeft()).toBe(2);
    expect(await numberOf('oauth_refresh_token')).toBe(OF_SESSION);
    expect(await numberOf(`oauth_refresh_token WHERE session_id = 's3'`)).toBe(OF_SESSION);
    expect(await numberOf(`oauth_grant WHERE session_id = 's3'`)).toBe(1);
  });

  it('deletes the tokens of a large grant in several transactions', async () => {
    await addTokens({ session: 's1', from: OF_SESSION + 1, to: 25_000 });
    await recorder.sql.query(`BEGIN; SET LOCAL gatehouse.deleted_tokens = '12000';
      DELETE FROM session WHERE id <> 's3'; COMMIT`);
    const left = [await numberOf('oauth_refresh_token')];
    await deleteBatches(ENDED_GRANT_CLEANUP, {
      inTransaction: async (work) => {
        const result = await transactionsOf(pool)(work);
        left.push(await numberOf('oauth_refresh_token'));
        return result;
      },
    });
    const deleted = left.slice(1).map((count, index) => left[index]! - count);
    expect(Math.max(...deleted)).toBe(10_000);
    expect(left.at(-1)).toBe(OF_SESSION);
    expect(await numberOf('oauth_ended_grant')).toBe(0);
  });

  it.each(ENDS)('is announced and recorded for each grant: %s', async (_title, sql) => {
    const announced = JSON.stringify(await recorder.announcedBy(sql));
    for (const session of ['s1', 's2', 's3']) expect(announced).toContain(`"${session}"`);
    const recorded = `(SELECT DISTINCT data ->> 'sessionId' FROM access_event
      WHERE kind IN ('grant-ended', 'session-ended')) AS ended`;
    expect(await numberOf(recorded)).toBe(3);
  });
});

describe('a new grant', () => {
  it('does not make left tokens of a former grant valid', async () => {
    await recorder.sql.query('DELETE FROM oauth_grant');
    await recorder.sql.query(
      `INSERT INTO oauth_grant (session_id, client_id) SELECT id, 'c' FROM session`,
    );
    expect(await numberOf('oauth_grant')).toBe(3);
    expect(await numberOf('oauth_refresh_token')).toBe(3 * OF_SESSION - BOUND);
    expect(await numberOf('oauth_refresh_token WHERE session_id IS NOT NULL')).toBe(0);
  });

  it('keeps its tokens when the job deletes those of the former grant', async () => {
    await recorder.sql.query(`
      DELETE FROM oauth_grant;
      INSERT INTO oauth_grant (session_id, client_id) SELECT id, 'c' FROM session;
      UPDATE oauth_refresh_token t SET session_id = s.id FROM session s
       WHERE t.id = s.id || '-${OF_SESSION}'`);
    const before = await numberOf('oauth_refresh_token WHERE session_id IS NOT NULL');
    expect(before).toBe(1);
    expect(await deleteLeft()).toBe(1);
    expect(await numberOf('oauth_refresh_token WHERE session_id IS NOT NULL')).toBe(before);
    expect(await numberOf('oauth_grant')).toBe(3);
  });

  it('that exists already keeps its tokens', async () => {
    await recorder.sql.query(`INSERT INTO oauth_grant (session_id, client_id) VALUES ('s1', 'c')
      ON CONFLICT DO NOTHING`);
    expect(await numberOf(`oauth_refresh_token WHERE session_id = 's1'`)).toBe(OF_SESSION);
  });

  it('is refused when its snapshot can be older than tokens of a former grant', async () => {
    const insert = `INSERT INTO oauth_grant (session_id, client_id) VALUES ('s1', 'c')`;
    await recorder.sql.query('DELETE FROM oauth_grant');
    await recorder.sql.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await expect(recorder.sql.query(insert)).rejects.toMatchObject({ code: '0A000' });
  });
});

/** What the checks of both processes read. */
const IN_FORCE = `oauth_grant g JOIN oauth_client c
  ON c.client_id = g.client_id AND c.grant_generation = g.generation`;

/** The most grants that one transaction ends by deleting them. */
const MOST_GRANTS = 10_000;

const ENDS_OF_CLIENT: [title: string, sql: string][] = [
  ENDS.find(([title]) => title === 'the client loses a grant type')!,
  ENDS.find(([title]) => title === 'the client is no longer first-party')!,
  ENDS.find(([title]) => title === 'the client is deleted')!,
  ['the resource is disabled', 'UPDATE oauth_resource SET disabled = true'],
];

describe('the end of many grants of a client', () => {
  const withoutDeletion = (sql: string) => [
    'BEGIN',
    `SET LOCAL gatehouse.ended_grants = '${MOST_GRANTS}'`,
    sql,
    'COMMIT',
  ];

  it('deletes a bounded number of them', async () => {
    await addGrants(MOST_GRANTS);
    await recorder.sql.query('UPDATE oauth_client SET skip_consent = false');
    expect(await numberOf('oauth_grant')).toBe(3);
    expect(await numberOf(IN_FORCE)).toBe(0);
  });

  it.each(ENDS_OF_CLIENT)('is one row, and a job deletes the others: %s', async (_title, sql) => {
    await recorder.sql.query('DELETE FROM access_event');
    const announced = await recorder.announcedBy(...withoutDeletion(sql));
    expect(announced).toContainEqual({ all: true });
    expect(await numberOf('oauth_grant')).toBe(3);
    expect(await numberOf('oauth_refresh_token')).toBe(3 * OF_SESSION);
    expect(await numberOf(IN_FORCE)).toBe(0);
    expect(await numberOf(`access_event WHERE kind = 'reload'`)).toBe(1);
    await deleteBatches(WITHDRAWAL_CLEANUP, { inTransaction: transactionsOf(pool) });
    await deleteLeft();
    for (const table of ['oauth_grant', 'oauth_refresh_token', 'oauth_withdrawal']) {
      expect(await numberOf(table)).toBe(0);
    }
  });

  it('leaves the later grants of the client', async () => {
    const [, sql] = ENDS_OF_CLIENT[0]!;
    for (const statement of withoutDeletion(sql)) await recorder.sql.query(statement);
    await recorder.sql.query(`INSERT INTO oauth_grant (session_id, client_id) VALUES ('s1', 'c')
      ON CONFLICT DO NOTHING`);
    expect(await numberOf(IN_FORCE)).toBe(1);
    await deleteBatches(WITHDRAWAL_CLEANUP, { inTransaction: transactionsOf(pool) });
    const { rows } = await recorder.sql.query('SELECT session_id FROM oauth_grant');
    expect(rows).toEqual([{ session_id: 's1' }]);
    expect(await numberOf('oauth_consent')).toBe(1);
  });

  it('is not undone by a lower generation', async () => {
    const [, sql] = ENDS_OF_CLIENT[0]!;
    for (const statement of withoutDeletion(sql)) await recorder.sql.query(statement);
    await recorder.sql.query(`SET ROLE ${DATABASE_ROLES.api}`);
    const lower = recorder.sql.query('UPDATE oauth_client SET grant_generation = 0');
    await expect(lower).rejects.toMatchObject({ code: '23514' });
    await recorder.sql.query('RESET ROLE');
    expect(await numberOf(IN_FORCE)).toBe(0);
  });

  it('refuses a new refresh token of an ended one', async () => {
    const [, sql] = ENDS_OF_CLIENT[0]!;
    for (const statement of withoutDeletion(sql)) await recorder.sql.query(statement);
    const insert = `INSERT INTO oauth_refresh_token
        (id, token, client_id, session_id, user_id, expires_at, created_at, scopes)
      VALUES ('new', 'new', 'c', 's1', 'u', now() + interval '1 d', now(), '[]')`;
    await expect(recorder.sql.query(insert)).rejects.toMatchObject({ code: 'GH007' });
  });
});

describe('the removal of a scope of many users', () => {
  /** One more than the consents from which the removal itself takes the scope. */
  const USERS = 2_001;
  const REMOVALS = [
    // The grants that are left to the job: with the resource, its clients lose theirs at once.
    ['the scope is removed', 'DELETE FROM oauth_resource_scope', 4],
    ['the resource is removed', 'DELETE FROM oauth_resource', 1],
  ] as const;
  const ADD_SCOPE = `
    INSERT INTO oauth_resource (id, identifier, name) VALUES ('r', 'r', 'R') ON CONFLICT DO NOTHING;
    INSERT INTO oauth_resource_scope (name, resource, description) VALUES ('r:read', 'r', 'Read')`;

  /** A user with a consent, and another one with a grant of a first-party client and without a consent. */
  async function addUsers(): Promise<void> {
    await recorder.sql.query(`
      BEGIN;
      INSERT INTO "user" (id, name, email)
      SELECT 'u' || i, 'U', i || '@example.com' FROM generate_series(1, ${USERS}) i;
      INSERT INTO oauth_consent (id, client_id, user_id, scopes, resources, created_at, updated_at)
      SELECT id, 'c', id, '["openid", "r:read"]', '["r", "s"]', now(), now()
        FROM "user" WHERE id <> 'u';
      INSERT INTO session (id, user_id, token, expires_at)
      VALUES ('other', 'u1', 'other', now() + interval '1 h');
      INSERT INTO oauth_client (id, client_id, redirect_uris, skip_consent, scopes)
      VALUES ('d', 'd', '[]', true, '["r:read"]');
      INSERT INTO oauth_grant (session_id, client_id) VALUES ('other', 'd');
      COMMIT;
      INSERT INTO oauth_refresh_token
        (id, token, client_id, session_id, user_id, expires_at, created_at, resources, scopes)
      VALUES ('d', 'd', 'd', 'other', 'u1', now() + interval '1 d', now(), '["r"]', '["r:read"]')`);
  }

  async function runJob(): Promise<void> {
    await recorder.sql.query(`UPDATE oauth_removal SET created_at = now() - interval '11 s'`);
    await deleteBatches(REMOVAL_CLEANUP, { inTransaction: transactionsOf(pool) });
  }

  it.each(REMOVALS)(
    'is one row, and a job ends what rests on it: %s',
    async (_title, sql, grants) => {
      await addUsers();
      await recorder.sql.query(sql);
      expect(await numberOf(`oauth_client WHERE scopes ? 'r:read'`)).toBe(0);
      expect(await numberOf(`oauth_consent WHERE scopes ? 'r:read'`)).toBe(USERS + 1);
      expect(await numberOf('oauth_grant')).toBe(grants);
      await runJob();
      expect(await numberOf(`oauth_consent WHERE scopes ? 'r:read'`)).toBe(0);
      expect(await numberOf(`oauth_consent WHERE scopes = '["openid"]'`)).toBe(USERS);
      const isKept = sql.includes('scope');
      const kept = await numberOf(`oauth_consent WHERE resources ? 'r'`);
      expect(kept).toBe(isKept ? USERS : 0);
      expect(await numberOf(`oauth_consent WHERE resources ? 's'`)).toBe(USERS);
      expect(await numberOf('oauth_grant')).toBe(0);
      expect(await numberOf('oauth_removal')).toBe(0);
    },
  );

  it('keeps the name until the job has ended, so that nothing former counts for a new scope', async () => {
    await addUsers();
    await recorder.sql.query('DELETE FROM oauth_resource');
    const refusal = { code: '23505', constraint: 'oauth_resource_scope_pkey' };
    await expect(recorder.sql.query(ADD_SCOPE)).rejects.toMatchObject(refusal);
    await runJob();
    await recorder.sql.query(ADD_SCOPE);
    expect(await numberOf('oauth_resource_scope')).toBe(1);
  });

  it('is seen by an insert of the name that waits for it, and refused with an older snapshot', async () => {
    await addUsers();
    await recorder.sql.query('BEGIN; DELETE FROM oauth_resource_scope');
    const waiting = pool.query(ADD_SCOPE).catch((error: unknown) => error);
    await eventually(async () => {
      expect(await numberOf(`pg_locks WHERE NOT granted AND locktype = 'transactionid'`)).toBe(1);
    });
    await recorder.sql.query('COMMIT');
    expect(await waiting).toMatchObject({ code: '23505' });
    await runJob();
    await recorder.sql.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await expect(recorder.sql.query(ADD_SCOPE)).rejects.toMatchObject({ code: '0A000' });
  });

  it('leaves alone what has other scopes', async () => {
    await addUsers();
    await recorder.sql.query(`
      INSERT INTO oauth_resource_scope (name, resource, description) VALUES ('r:write', 'r', 'W');
      DELETE FROM oauth_resource_scope WHERE name = 'r:write'`);
    expect(await numberOf('oauth_removal')).toBe(0);
    expect(await numberOf('oauth_grant')).toBe(4);
    expect(await numberOf(`oauth_consent WHERE scopes ? 'r:read'`)).toBe(USERS + 1);
  });
});

describe('a deleted client', () => {
  const CREATE = `INSERT INTO oauth_client (id, client_id, redirect_uris, skip_consent)
    VALUES ('c', 'c', '[]', true)`;

  it('leaves its consents to a job', async () => {
    await recorder.sql.query('DELETE FROM oauth_client');
    expect(await numberOf('oauth_consent')).toBe(1);
    await deleteBatches(WITHDRAWAL_CLEANUP, { inTransaction: transactionsOf(pool) });
    expect(await numberOf('oauth_consent')).toBe(0);
  });

  it('leaves neither grants nor consents to a later one with its id', async () => {
    await recorder.sql.query(`BEGIN; SET LOCAL gatehouse.ended_grants = '${MOST_GRANTS}';
      DELETE FROM oauth_client; ${CREATE}; COMMIT`);
    expect(await numberOf('oauth_grant')).toBe(0);
    expect(await numberOf('oauth_consent')).toBe(0);
  });

  it('keeps them when a start of an auth server registers it once more', async () => {
    const config = authSettings(database.url);
    await registerDocsClient(config, pool);
    await recorder.sql.query(`
      INSERT INTO oauth_grant (session_id, client_id) VALUES ('s1', '${DOCS_CLIENT_ID}');
      INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at)
      VALUES ('docs', '${DOCS_CLIENT_ID}', 'u', '[]', now(), now())`);
    for (const apiUrl of [config.apiUrl, 'https://elsewhere.example.com']) {
      await registerDocsClient({ ...config, apiUrl }, pool);
      expect(await numberOf(`${IN_FORCE} WHERE g.client_id = '${DOCS_CLIENT_ID}'`)).toBe(1);
      expect(await numberOf(`oauth_consent WHERE client_id = '${DOCS_CLIENT_ID}'`)).toBe(1);
    }
  });

  it.each([
    ['grant', `INSERT INTO oauth_grant (session_id, client_id) VALUES ('s1', 'c')`],
    [
      'consent',
      `INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at)
       VALUES ('new', 'c', 'u', '[]', now(), now())`,
    ],
  ])('has no new %s', async (table, insert) => {
    await recorder.sql.query('DELETE FROM oauth_client');
    await expect(recorder.sql.query(insert)).rejects.toMatchObject({
      code: '23503',
      constraint: `oauth_${table}_client_id_fkey`,
    });
  });

  it('keeps its id while grants or consents have it', async () => {
    const rename = `UPDATE oauth_client SET client_id = 'd'`;
    await expect(recorder.sql.query(rename)).rejects.toMatchObject({ code: '23503' });
  });
});

/** How often functions of triggers run in a statement. */
async function callsDuring(sql: string): Promise<number> {
  await recorder.sql.query(`SET track_functions = 'all'; BEGIN`);
  await recorder.sql.query(sql);
  const { rows } = await recorder.sql.query<{ calls: number }>(
    `SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_xact_user_functions
      WHERE funcname LIKE 'gatehouse%' AND funcname NOT LIKE '%refuse%' AND funcname NOT LIKE '%shrinks'`,
  );
  await recorder.sql.query('ROLLBACK');
  return rows[0]!.calls;
}

describe('a statement for many rows ends grants once', () => {
  beforeEach(() =>
    recorder.sql.query(`
      INSERT INTO "user" (id, name, email)
      SELECT 'u' || i, 'U', i || '@example.com' FROM generate_series(1, 300) i;
      INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at)
      SELECT id, 'c', id, '["r:read"]', now(), now() FROM "user" WHERE id <> 'u'`),
  );

  it.each([
    ['deleted refresh tokens', 'DELETE FROM oauth_refresh_token'],
    ['deleted consents', 'DELETE FROM oauth_consent'],
    ['the client of many consents', 'DELETE FROM oauth_client'],
    ['a removed scope of many consents', 'DELETE FROM oauth_resource_scope'],
  ])('%s', async (_title, sql) => {
    expect(await callsDuring(sql)).toBeLessThan(100);
  });
});
