import { LOCKS } from '../../contract';
import type { Cleanup } from '../../runtime/jobs/cleanup';

/** Deletes the counters of limits whose window is over. */
export const RATE_LIMIT_CLEANUP: Cleanup = {
  name: 'rate-limit-cleanup',
  intervalMs: 5 * 60_000,
  lock: LOCKS.rateLimitCleanup,
  batchSize: 10_000,
  // A request may begin a new window: the outer condition is checked again when the row is locked.
  sql: `
    DELETE FROM rate_limit
     WHERE key IN (SELECT key FROM rate_limit WHERE expire < extract(epoch FROM now()) * 1000
                    LIMIT $1 FOR UPDATE SKIP LOCKED)
       AND expire < extract(epoch FROM now()) * 1000`,
};
