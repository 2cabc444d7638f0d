import { LOCKS } from '../../contract';
import type { Cleanup } from '../../runtime/jobs/cleanup';

/**
 * Deletes unused proofs (links of mails, states of sign-ins, trusted devices)
 * an hour after their end. The time is that of the database: an auth server whose clock is ahead must
 * not delete what the others have issued. The hour covers an auth server whose clock is behind. Requests
 * without a sign-in store proofs too, so they do not stay longer.
 */
export const VERIFICATION_CLEANUP: Cleanup = {
  name: 'verification-cleanup',
  intervalMs: 5 * 60_000,
  lock: LOCKS.verificationCleanup,
  batchSize: 1_000,
  sql: `
    DELETE FROM verification
     WHERE id = ANY (ARRAY(SELECT id FROM verification WHERE expires_at <= now() - interval '1 hour'
                            LIMIT $1 FOR UPDATE SKIP LOCKED))
       AND expires_at <= now() - interval '1 hour'`,
};
