import type { Pool } from 'pg';
import { ANONYMOUS } from '../audit/audit-facts';
import { writeAuditEvent } from '../audit/audit-writer';
import { originOf } from '../common/request-origin';

const REMOVE_PASSKEYS = 'DELETE FROM passkey WHERE user_id = $1 RETURNING id';

/** The link went to this address. A change of the address ends open links. */
const VERIFY_EMAIL = `
  UPDATE "user" SET email_verified = true WHERE id = $1 AND email = $2 AND NOT email_verified`;

/** A reset by a mailed link proves that the user reads the mails of the address. */
export async function verifyMailedAddress(
  pool: Pool,
  { id, email }: { id: string; email: string },
): Promise<void> {
  await pool.query(VERIFY_EMAIL, [id, email]);
}

export interface RecoveredUser {
  id: string;
  emailVerified: boolean;
  twoFactorEnabled?: boolean;
}

/**
 * The user who resets the password of an account with an unverified address may not be the
 * person who signed up with it, and then uses the account as their own. The reset removes
 * the sessions and the password of that person; their passkey would still give access
 * ("trojan identifier": https://www.usenix.org/conference/usenixsecurity22/presentation/sudhodanan).
 * With a second factor, only its owner can sign in.
 */
export async function removePasskeysOfStranger(
  pool: Pool,
  { user, request }: { user: RecoveredUser; request?: Request },
): Promise<void> {
  if (user.emailVerified || user.twoFactorEnabled) return;
  const { rows } = await pool.query<{ id: string }>(REMOVE_PASSKEYS, [user.id]);
  const origin = originOf(request?.headers);
  for (const { id: passkeyId } of rows) {
    await writeAuditEvent(pool, {
      action: 'passkey.removed',
      actor: ANONYMOUS,
      subject: { type: 'user', id: user.id },
      origin,
      before: { passkeyId },
      detail: { reason: 'email_not_verified' },
    });
  }
}
