import { LOCKS } from '../../contract';
import type { Cleanup } from '../../runtime/jobs/cleanup';

/**
 * Deletes sessions a day after their end, with their IP address and user agent. The day
 * covers clocks that differ.
 *
 * At most 100 rows: a statement over more makes every replica of the API forget all
 * sessions that it knows (docs/security/live-access.md).
 */
export const SESSION_CLEANUP: Cleanup = {
  name: 'session-cleanup',
  intervalMs: 60 * 60_000,
  lock: LOCKS.sessionCleanup,
  batchSize: 100,
  sql: `
    DELETE FROM session
     WHERE id = ANY (ARRAY(SELECT id FROM session WHERE expires_at <= now() - interval '1 day'
                            LIMIT $1 FOR UPDATE SKIP LOCKED))`,
};
