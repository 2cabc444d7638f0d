import { Client, Pool } from 'pg';
import type { AuthConfig } from './config';
import type { Logger } from '../../runtime/logger';

/** Long enough for a busy server, short enough that callers of a dead one are told soon. */
const CONNECT_LIMIT_MS = 3_000;
const QUERY_LIMIT_MS = 10_000;
const LOCK_WAIT_LIMIT_MS = 15_000;

const COMMON = {
  connectionTimeoutMillis: CONNECT_LIMIT_MS,
  query_timeout: QUERY_LIMIT_MS,
  application_name: 'gatehouse-auth',
};

/** The connections of this process. A lost one is replaced at the next use. */
export function createPool(config: AuthConfig, logger: Logger): Pool {
  const pool = new Pool({
    ...COMMON,
    connectionString: config.databaseUrl,
    max: config.databasePoolMax,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Without a listener, an idle connection that breaks would end the process.
  // Its message alone: the error drags the whole connection along.
  pool.on('error', ({ message }) =>
    logger.warn({ reason: message }, 'lost an idle database connection'),
  );
  return pool;
}

/**
 * Runs `work` while no other replica runs anything under the same key. The lock is held by
 * a transaction (so that it also works through a pooler in transaction mode) on a
 * connection outside the pool (so that `work` may use a pool of a single connection).
 */
export async function whileLocked<T>(
  { databaseUrl, key }: { databaseUrl: string; key: number },
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    ...COMMON,
    connectionString: databaseUrl,
    // Waiting for the lock is no sign of a connection that has gone silent.
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
    // Ends the transaction too: what was not committed is rolled back.
    await client.end().catch(() => {});
  }
}
