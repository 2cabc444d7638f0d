import type { Pool } from 'pg';

/** How long a device stays trusted without a sign-in, in seconds; each sign-in begins it anew. */
export const TRUSTED_DEVICE_LIFETIME_S = 30 * 24 * 60 * 60;

/** Better-Auth notes trusted devices and open challenges by the user's id. */
const FORGET = `
  DELETE FROM verification
   WHERE value = $1 AND (identifier LIKE 'trust-device-%' OR identifier LIKE '2fa-%')`;

/**
 * Takes back what was granted on the strength of a user's password and second factor as
 * they were: every trusted device, and every sign-in that waits for its second step.
 */
export async function forgetDevices(pool: Pool, userId: string): Promise<void> {
  await pool.query(FORGET, [userId]);
}
