import { Pool } from 'pg';

let current: { connectionString: string; pool: Pool } | undefined;

/**
 * Connections of a worker to the server of the run, for all of its test files. PostgreSQL starts a
 * process for each connection: for the creation of a database it would be half of the work. An idle
 * connection does not keep the worker alive. With `--watch`, each run has another server.
 */
export function serverConnections(connectionString: string): Pool {
  if (current?.connectionString === connectionString) return current.pool;
  const pool = new Pool({ connectionString, idleTimeoutMillis: 0, allowExitOnIdle: true });
  // A connection that ends is replaced, also one that carries a statement at that moment.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  current = { connectionString, pool };
  return pool;
}
