import type { Pool } from 'pg';

/** The lifetime of the trust in a device, in seconds. Each sign-in renews it. */
export const TRUSTED_DEVICE_LIFETIME_S = 30 * 24 * 60 * 60;

/**
 * Ends the trust in every device of a user, and every sign-in that waits for its second step. A
 * device that a request is about to trust is not trusted either. A change of the password or of
 * the second factor does the same in the database
 * (migrations/1795460002000-EndProofsWithCredentials).
 */
export async function forgetDevices(pool: Pool, userId: string): Promise<void> {
  await pool.query('SELECT gatehouse_end_trust($1)', [userId]);
}
