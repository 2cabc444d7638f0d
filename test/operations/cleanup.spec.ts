import { Pool } from 'pg';
import { RATE_LIMIT_CLEANUP } from '../../auth-server/limits/limit-cleanup';
import {
  ENDED_GRANT_CLEANUP,
  REFRESH_TOKEN_CLEANUP,
  WITHDRAWAL_CLEANUP,
} from '../../auth-server/oauth/token-cleanup';
import { SESSION_CLEANUP } from '../../auth-server/sessions/session-cleanup';
import { VERIFICATION_CLEANUP } from '../../auth-server/sessions/verification-cleanup';
import { LOCKS } from '../../contract';
import {
  type Cleanup,
  createCleanupJob,
  deleteBatches,
  type InTransaction,
  oneAtATime,
  transactionsOf,
} from '../../runtime/jobs/cleanup';
import { DELETE_OLD_EVENTS } from '../../runtime/database/access-event-statements';
import { IDEMPOTENCY_CLEANUP } from '../../src/idempotency/idempotency-cleanup';
import { createTestDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let pool: Pool;
let inTransaction: InTransaction;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url });
  inTransaction = transactionsOf(pool);
  await pool.query(`INSERT INTO "user" (id, name, email) VALUES ('ada', 'Ada', 'ada@example.com')`);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(() => pool.query('TRUNCATE session, verification, rate_limit, idempotency_key CASCADE'));

/** Adds rows that end at the given distances from now. */
async function addSessions(...ends: string[]): Promise<void> {
  await pool.query(
    `INSERT INTO session (id, token, user_id, expires_at)
     SELECT n, 'token ' || n, 'ada', now() + age::interval
       FROM unnest($1::text[]) WITH ORDINALITY AS ends(age, n)`,
    [ends],
  );
}

async function addVerifications(...ends: string[]): Promise<void> {
  await pool.query(
    `INSERT INTO verification (id, identifier, value, expires_at)
     SELECT n, 'proof ' || n, 'ada', now() + age::interval
       FROM unnest($1::text[]) WITH ORDINALITY AS ends(age, n)`,
    [ends],
  );
}

async function addCounters(...ends: string[]): Promise<void> {
  await pool.query(
    `INSERT INTO rate_limit (key, points, expire)
     SELECT n, 1, extract(epoch FROM now() + age::interval) * 1000
       FROM unnest($1::text[]) WITH ORDINALITY AS ends(age, n)`,
    [ends],
  );
}

async function addIdempotencyKeys(...ends: string[]): Promise<void> {
  await pool.query(
    `INSERT INTO idempotency_key (id, fingerprint, attempt, lease_expires_at, expires_at)
     SELECT convert_to(age || n, 'UTF8'), '', gen_random_uuid(), now(), now() + age::interval
       FROM unnest($1::text[]) WITH ORDINALITY AS ends(age, n)`,
    [ends],
  );
}

async function keysOf(table: string, key = 'id'): Promise<string[]> {
  const { rows } = await pool.query<{ key: string }>(
    `SELECT ${key} AS key FROM ${table} ORDER BY 1`,
  );
  return rows.map((row) => row.key);
}

function clean(cleanup: Cleanup): Promise<number | null> {
  return deleteBatches(cleanup, { inTransaction });
}

describe('a cleanup', () => {
  it('deletes sessions a day after their end, and no others', async () => {
    await addSessions('-30 days', '-1 day', '-23 hours', '0', '7 days');
    await expect(clean(SESSION_CLEANUP)).resolves.toBe(2);
    await expect(keysOf('session')).resolves.toEqual(['3', '4', '5']);
  });

  it('deletes verifications an hour after their end, and no others', async () => {
    await addVerifications('-30 days', '-1 hour', '-59 minutes', '0', '7 days');
    await expect(clean(VERIFICATION_CLEANUP)).resolves.toBe(2);
    await expect(keysOf('verification')).resolves.toEqual(['3', '4', '5']);
  });

  it('deletes counters of limits an hour after their window, and no others', async () => {
    await addCounters('-30 days', '-61 minutes', '-59 minutes', '1 minute');
    await expect(clean(RATE_LIMIT_CLEANUP)).resolves.toBe(2);
    await expect(keysOf('rate_limit', 'key')).resolves.toEqual(['3', '4']);
  });

  it('deletes in batches until one is not full', async () => {
    await addSessions(...Array.from({ length: 7 }, () => '-2 days'));
    const counts: number[] = [];
    const counted: InTransaction = (work) =>
      inTransaction((run) =>
        work(async (sql, parameters) => {
          const result = await run(sql, parameters);
          if (sql === SESSION_CLEANUP.sql) counts.push(result.count);
          return result;
        }),
      );
    const cleanup = { ...SESSION_CLEANUP, batchSize: 3 };
    await expect(deleteBatches(cleanup, { inTransaction: counted })).resolves.toBe(7);
    expect(counts).toEqual([3, 3, 1]);
  });

  it.each([
    ['sessions', SESSION_CLEANUP, addSessions, 'session'],
    ['verifications', VERIFICATION_CLEANUP, addVerifications, 'verification'],
    ['counters of limits', RATE_LIMIT_CLEANUP, addCounters, 'rate_limit'],
    ['idempotency keys', IDEMPOTENCY_CLEANUP, addIdempotencyKeys, 'idempotency_key'],
  ])(
    'deletes no more than a batch when the table has grown since its statistics: %s',
    async (_title, { sql }, add, table) => {
      await add('7 days');
      await pool.query(`ANALYZE ${table}`);
      await pool.query(`DELETE FROM ${table}`);
      await add(...Array.from({ length: 60 }, () => '-2 days'));
      const { rowCount } = await pool.query(sql, [20]);
      expect(rowCount).toBe(20);
    },
  );

  it.each([
    ['counters of limits', RATE_LIMIT_CLEANUP, /rate_limit_expire_idx.*\n.*Index Cond: \(expire </],
    [
      'access events, without those of the last day',
      { sql: DELETE_OLD_EVENTS },
      /^(?![^]*access_event_xid_idx)[^]*access_event_occurred_at_idx/,
    ],
    ['refresh tokens', REFRESH_TOKEN_CLEANUP, /oauth_refresh_token_expires_at_idx/],
    ['tokens of ended grants', ENDED_GRANT_CLEANUP, /Index Cond: \(session_id = e.session_id\)/],
    [
      'ended grants of a client',
      WITHDRAWAL_CLEANUP,
      /oauth_grant_client_id_idx.*\n.*Index Cond: \(\(client_id = l.client_id\) AND \(generation </,
    ],
  ])('finds old rows by an index: %s', async (_title, { sql }, index) => {
    const client = await pool.connect();
    await client.query('SET enable_seqscan = off');
    await client.query(`PREPARE cleanup AS ${sql}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>('EXPLAIN EXECUTE cleanup(1)');
    client.release(true);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(index);
  });

  it('ends after the current batch when the process stops', async () => {
    await addSessions('-2 days', '-2 days', '-2 days');
    const stopping = new AbortController();
    const stopInBatch: InTransaction = (work) => {
      stopping.abort();
      return inTransaction(work);
    };
    const job = createCleanupJob({ ...SESSION_CLEANUP, batchSize: 1 }, stopInBatch);
    await expect(job.run(stopping.signal)).resolves.toBe(1);
    await expect(keysOf('session')).resolves.toHaveLength(2);
  });

  it('is left to the replica that holds the lock', async () => {
    await addSessions('-2 days');
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.sessionCleanup]);
    await expect(clean(SESSION_CLEANUP)).resolves.toBeNull();
    await other.query('ROLLBACK');
    other.release();
    await expect(clean(SESSION_CLEANUP)).resolves.toBe(1);
  });

  it('does not wait for a row that another transaction has locked', async () => {
    await addSessions('-2 days', '-2 days');
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query(`SELECT FROM session WHERE id = '1' FOR UPDATE`);
    await expect(clean(SESSION_CLEANUP)).resolves.toBe(1);
    await expect(keysOf('session')).resolves.toEqual(['1']);
    await other.query('COMMIT');
    other.release();
    await expect(clean(SESSION_CLEANUP)).resolves.toBe(1);
  });

  it('deletes nothing of a batch that fails, and returns the connection', async () => {
    await addSessions('-2 days');
    const sql = 'DELETE FROM session WHERE $1 / 0 = 1';
    const attempt = clean({ ...SESSION_CLEANUP, sql });
    await expect(attempt).rejects.toThrow('division by zero');
    await expect(keysOf('session')).resolves.toHaveLength(1);
    expect(pool.totalCount - pool.idleCount).toBe(0);
  });
});

describe('the cleanups of a process', () => {
  it('share one connection', async () => {
    const ofProcess = new Pool({ connectionString: database.url });
    const shared = oneAtATime(transactionsOf(ofProcess));
    await addSessions('-2 days');
    await addVerifications('-2 days');
    await addCounters('-2 days');
    const cleanups = [SESSION_CLEANUP, VERIFICATION_CLEANUP, RATE_LIMIT_CLEANUP];
    const counts = cleanups.map((cleanup) => deleteBatches(cleanup, { inTransaction: shared }));
    await expect(Promise.all(counts)).resolves.toEqual([1, 1, 1]);
    expect(ofProcess.totalCount).toBe(1);
    await ofProcess.end();
  });

  it('run after one that failed', async () => {
    const shared = oneAtATime(inTransaction);
    await addSessions('-2 days');
    const failed = shared((run) => run('SELECT 1 / 0', []));
    const next = deleteBatches(SESSION_CLEANUP, { inTransaction: shared });
    await expect(failed).rejects.toThrow('division by zero');
    await expect(next).resolves.toBe(1);
  });

  it('do not begin after the process stops', async () => {
    const shared = oneAtATime(inTransaction);
    const stopping = new AbortController();
    await addSessions('-2 days');
    const first = shared(async () => stopping.abort());
    const { signal } = stopping;
    const waiting = deleteBatches(SESSION_CLEANUP, { inTransaction: shared, signal });
    await first;
    await expect(waiting).rejects.toThrow('aborted');
    await expect(keysOf('session')).resolves.toEqual(['1']);
  });
});

describe('the proofs of a user', () => {
  it('are found by an index', async () => {
    const client = await pool.connect();
    await client.query('SET enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN DELETE FROM user_proof WHERE user_id = 'ada' AND kind = 'second_step'`,
    );
    client.release(true);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('verification_value_idx');
  });

  it('may be longer than an entry of a B-tree', async () => {
    const value = Array.from({ length: 4_000 }, (_, n) => String.fromCharCode(33 + ((n * 7) % 90)));
    await pool.query(
      `INSERT INTO verification (id, identifier, value, expires_at) VALUES ('long', 'x', $1, now())`,
      [value.join('').repeat(20)],
    );
    await expect(keysOf('verification')).resolves.toEqual(['long']);
  });
});
