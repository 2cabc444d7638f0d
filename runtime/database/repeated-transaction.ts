import { setTimeout as pause } from 'node:timers/promises';
import { isTransactionConflict } from './database-errors';
import { forgetOutage } from './database-scope';

/** A conflict ends after `deadlock_timeout`, one second: three attempts stay within a request. */
const MOST_ATTEMPTS = 3;

/** Before the next attempt: otherwise it can take the lock again before the transaction that waits for it. */
const PAUSE_MS = 50;

/**
 * Runs a transaction, and runs it again when PostgreSQL rolled it back because of another
 * transaction. @param transact has no effect outside of the database.
 */
export async function repeatOnConflict<T>(transact: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact();
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isTransactionConflict(error)) throw error;
      forgetOutage(error);
      await pause(PAUSE_MS);
    }
  }
}
