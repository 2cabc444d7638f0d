import type { Pool } from 'pg';
import type { Job } from './jobs';

/** Takes the lock until the end of the transaction, so that it also works through a pooler. */
const TRY_LOCK = 'SELECT pg_try_advisory_xact_lock($1) AS "isLocked"';

/** Runs a statement and gives back its rows and how many rows it concerned. */
export type RunStatement = (
  sql: string,
  parameters: unknown[],
) => Promise<{ rows: unknown[]; count: number }>;

/** Runs the work in one transaction of its own. Work that waits when `signal` is aborted never begins. */
export type InTransaction = <T>(
  work: (run: RunStatement) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>;

export interface Cleanup extends Pick<Job, 'name' | 'intervalMs'> {
  /** Key of the advisory lock, from the contract: only the replica that holds it runs the job. */
  lock: number;
  /**
   * Deletes at most `$1` rows. It skips rows that another transaction has locked. The selection is
   * an `ARRAY`, which PostgreSQL runs once. It can run `IN (SELECT … LIMIT … FOR UPDATE)` once for
   * each row of the table, each time with other rows: it then deletes more than the limit.
   */
  sql: string;
  /** Rows of one statement: it stays short, and so do its locks. */
  batchSize: number;
}

/** A job that deletes rows in batches, on one replica at a time. */
export function createCleanupJob(cleanup: Cleanup, inTransaction: InTransaction): Job {
  const { name, intervalMs } = cleanup;
  return { name, intervalMs, run: (signal) => deleteBatches(cleanup, { inTransaction, signal }) };
}

/** @returns how many rows were deleted; `null`: another replica holds the lock. */
export async function deleteBatches(
  { lock, sql, batchSize }: Pick<Cleanup, 'lock' | 'sql' | 'batchSize'>,
  { inTransaction, signal }: { inTransaction: InTransaction; signal?: AbortSignal },
): Promise<number | null> {
  let total: number | null = null;
  for (;;) {
    if (signal?.aborted) return total;
    const count = await inTransaction(async (run) => {
      const { rows } = await run(TRY_LOCK, [lock]);
      const { isLocked } = rows[0] as { isLocked: boolean };
      return isLocked ? (await run(sql, [batchSize])).count : null;
    }, signal);
    if (count === null) return total;
    total = (total ?? 0) + count;
    if (count < batchSize) return total;
  }
}

/** Transactions on connections of a pool. */
export function transactionsOf(pool: Pool): InTransaction {
  return async (work) => {
    const client = await pool.connect();
    let isBroken = false;
    try {
      await client.query('BEGIN');
      const result = await work(async (sql, parameters) => {
        const { rows, rowCount } = await client.query<object>(sql, parameters);
        return { rows, count: rowCount ?? 0 };
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // The end of the connection also ends the transaction.
      isBroken = true;
      throw error;
    } finally {
      client.release(isBroken);
    }
  };
}

/**
 * One transaction at a time. At the start of a process all of its cleanups run: at once, they would
 * take a connection each, and leave few of the pool for the first requests.
 */
export function oneAtATime(inTransaction: InTransaction): InTransaction {
  let last: Promise<unknown> = Promise.resolve();
  return (work, signal) => {
    const next = last.then(() => {
      signal?.throwIfAborted();
      return inTransaction(work);
    });
    last = next.catch(() => {});
    return next;
  };
}
