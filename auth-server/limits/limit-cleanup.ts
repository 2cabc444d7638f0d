import { LOCKS } from '../../contract';
import type { Cleanup } from '../../runtime/jobs/cleanup';

/** Milliseconds since 1970, in the type of the column: the index does not serve another. */
const BEFORE = `(extract(epoch FROM now() - interval '1 hour') * 1000)::bigint`;

/**
 * Deletes the counters of limits an hour after their window. An auth server states the end of the
 * window by its own clock: the hour covers one whose clock is behind, which would lose its counters.
 */
export const RATE_LIMIT_CLEANUP: Cleanup = {
  name: 'rate-limit-cleanup',
  intervalMs: 5 * 60_000,
  lock: LOCKS.rateLimitCleanup,
  batchSize: 10_000,
  // A request may begin a new window: the outer condition is checked again when the row is locked.
  sql: `
    DELETE FROM rate_limit
     WHERE key = ANY (ARRAY(SELECT key FROM rate_limit WHERE expire < ${BEFORE}
                             LIMIT $1 FOR UPDATE SKIP LOCKED))
       AND expire < ${BEFORE}`,
};
