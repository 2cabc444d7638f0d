import { LOCKS } from '../../contract';
import type { Cleanup } from '../../runtime/jobs/cleanup';

/**
 * Deletes unused proofs (links of mails, states of sign-ins, trusted devices)
 * a day after their end: within the day their use is answered as too late. The time is that of the
 * database: an auth server whose clock is ahead must not delete what the others have issued.
 */
export const VERIFICATION_CLEANUP: Cleanup = {
  name: 'verification-cleanup',
  intervalMs: 60 * 60_000,
  lock: LOCKS.verificationCleanup,
  batchSize: 1_000,
  sql: `
    DELETE FROM verification
     WHERE id IN (SELECT id FROM verification WHERE expires_at <= now() - interval '1 day'
                   LIMIT $1 FOR UPDATE SKIP LOCKED)
       AND expires_at <= now() - interval '1 day'`,
};
