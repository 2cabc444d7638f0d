import { AsyncLocalStorage } from 'node:async_hooks';
import type { Client, ClientBase, Pool, PoolClient } from 'pg';
import type { AuthConfig } from './config';
import { DATABASE_LIMITS } from '../../runtime/database/database-limits';
import { createDatabaseClient } from '../../runtime/database/database-client';
import { DatabasePool } from '../../runtime/database/database-pool';
import type { Logger } from '../../runtime/logger';

/** At a start and for the keys another process may hold the lock for seconds; no caller waits for it. */
export const PATIENT_LOCK_WAIT_MS = 15_000;

const APPLICATION_NAME = 'gatehouse-auth';

/** The connections of this process. A lost connection is replaced at the next use. */
export function createPool(config: AuthConfig, logger: Logger): Pool {
  const pool = new DatabasePool({
    connectionString: config.databaseUrl,
    application_name: APPLICATION_NAME,
    max: config.databasePoolMax,
    isDirect: config.databaseUrl === config.databaseDirectUrl,
  });
  // The message alone: the error contains the whole connection.
  pool.on('error', ({ message }) =>
    logger.warn({ reason: message }, 'lost an idle database connection'),
  );
  return pool;
}

/** The connection of a transaction of Better-Auth, which it takes first. */
const transactions = new AsyncLocalStorage<{ connection?: PoolClient }>();

/** Runs one transaction of Better-Auth: see {@link connectionOfTransaction}. */
export function inTransaction<T>(transact: () => Promise<T>): Promise<T> {
  return transactions.run({}, transact);
}

/** The connections of Better-Auth. */
export function connectionsOf(pool: Pool): Pick<Pool, 'connect' | 'end'> {
  const connect = async () => {
    const connection = await pool.connect();
    const transaction = transactions.getStore();
    if (transaction) transaction.connection ??= connection;
    return connection;
  };
  return { connect: connect as Pool['connect'], end: () => pool.end() };
}

/** For a statement in the current transaction of Better-Auth, whose adapter sends only its own. */
export function connectionOfTransaction(): ClientBase {
  const { connection } = transactions.getStore() ?? {};
  if (!connection) throw new Error('There is no transaction.');
  return connection;
}

export interface LockOptions {
  databaseUrl: string;
  /** One of `LOCKS`. */
  key: number;
  /** Longest wait for the lock, in milliseconds. Default: the limit of a request. */
  waitMs?: number;
}

/**
 * As {@link whileLocked}, without a wait. @returns `null` when another replica holds the lock. When
 * the connection breaks, `work` runs to its end, possibly beside the work of another replica.
 */
export async function tryWhileLocked<T>(
  { databaseUrl, key }: Pick<LockOptions, 'databaseUrl' | 'key'>,
  work: () => Promise<T>,
): Promise<T | null> {
  const client = createDatabaseClient({
    connectionString: databaseUrl,
    application_name: APPLICATION_NAME,
  });
  try {
    await client.connect();
    await client.query('BEGIN');
    const sql = 'SELECT pg_try_advisory_xact_lock($1) AS "isLocked"';
    const { rows } = await client.query<{ isLocked: boolean }>(sql, [key]);
    return rows[0]!.isLocked ? await work() : null;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Runs `work` while no other replica runs anything under the same key. A transaction holds
 * the lock, so that it also works through a pooler in transaction mode. Its connection is
 * outside the pool, so that `work` can use a pool with a single connection.
 */
export async function whileLocked<T>(
  { databaseUrl, key, waitMs = DATABASE_LIMITS.lock }: LockOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = createDatabaseClient({
    connectionString: databaseUrl,
    application_name: APPLICATION_NAME,
    query_timeout: waitMs + DATABASE_LIMITS.query - DATABASE_LIMITS.lock,
  });
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query(`SET LOCAL lock_timeout = ${waitMs}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [key]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    // Ends the transaction too: a change that is not committed is rolled back.
    await client.end().catch(() => {});
  }
}
