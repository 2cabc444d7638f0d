import type { Pool } from 'pg';

const READ = 'SELECT clock_timestamp() AS told';

/**
 * The clock of the database from here on, for code that compares times where it cannot query. It
 * goes on by the monotonic clock of this process, and is ahead by the time of this query at most.
 * @returns reads it, in milliseconds since the epoch.
 */
export async function readDatabaseClock(pool: Pool): Promise<() => number> {
  const asked = performance.now();
  const { rows } = await pool.query<{ told: Date }>(READ);
  const { told } = rows[0]!;
  return () => told.getTime() + performance.now() - asked;
}
