import { Client, Pool } from 'pg';
import type { AuthConfig } from './config';
import type { Logger } from '../../runtime/logger';

/** Time limits of the database. A query that exceeds its limit is answered with 503. */
const CONNECT_LIMIT_MS = 3_000;
const QUERY_LIMIT_MS = 10_000;
const LOCK_WAIT_LIMIT_MS = 15_000;

const COMMON = {
  connectionTimeoutMillis: CONNECT_LIMIT_MS,
  query_timeout: QUERY_LIMIT_MS,
  application_name: 'gatehouse-auth',
};

/** The connection pool of this process. A lost connection is replaced at the next use. */
export function createPool(config: AuthConfig, logger: Logger): Pool {
  const pool = new Pool({
    ...COMMON,
    connectionString: config.databaseUrl,
    max: config.databasePoolMax,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Without a listener, a broken idle connection would end the process.
  pool.on('error', ({ message }) =>
    logger.warn({ reason: message }, 'lost an idle database connection'),
  );
  return pool;
}

/**
 * Runs `work` while no other replica runs work with the same key. A transaction holds the lock,
 * which also works with a pooler in transaction mode. Its connection is outside the pool, so that
 * `work` can use a pool of one connection.
 */
export async function whileLocked<T>(
  { databaseUrl, key }: { databaseUrl: string; key: number },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    ...COMMON,
    connectionString: databaseUrl,
    // A wait for the lock does not mean that the connection is broken.
    query_timeout: LOCK_WAIT_LIMIT_MS + QUERY_LIMIT_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query(`SET LOCAL lock_timeout = ${LOCK_WAIT_LIMIT_MS}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [key]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    // This also ends the transaction: uncommitted changes are rolled back.
    await client.end().catch(() => {});
  }
}
