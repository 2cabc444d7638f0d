import { createHash } from 'node:crypto';
import type { GenericEndpointContext } from 'better-auth';
import { verifyJWT } from 'better-auth/crypto';
import type { Pool } from 'pg';
import { decodeJwtPayload } from '../../runtime/tokens/jwt-payload';
import { CONFIRMATION, type EmailChange, LAST_STEP } from './email-change';

/** What the form of the link does. */
export type LinkPurpose = 'sign_up' | 'confirm_change' | 'new_address';

export type MailedLink =
  { state: 'open' | 'done'; purpose: LinkPurpose; address: string } | { state: 'expired' | 'void' };

type Payload = Pick<EmailChange, 'email'> & Partial<EmailChange>;
type Context = Pick<GenericEndpointContext['context'], 'internalAdapter'> & { pool: Pool };

const VOID = { state: 'void' } as const;

/** Reads the state of the link of a mail about an e-mail address. It changes nothing. */
export async function inspectLink(
  token: string,
  context: Context & { secret: string },
): Promise<MailedLink> {
  const payload = await verifyJWT<Payload>(token, context.secret);
  if (!payload) return isPast(token) ? { state: 'expired' } : VOID;
  return payload.updateTo && payload.userId
    ? inspectChange(token, { change: payload as EmailChange, context })
    : inspectSignUp(payload, context);
}

async function inspectSignUp({ email, userId }: Payload, { internalAdapter }: Context) {
  const user = (await internalAdapter.findUserByEmail(email))?.user;
  if (!user || (userId !== undefined && userId !== user.id)) return VOID;
  const state: 'open' | 'done' = user.emailVerified ? 'done' : 'open';
  return { state, purpose: 'sign_up' as const, address: email };
}

async function inspectChange(
  token: string,
  { change, context }: { change: EmailChange; context: Context },
): Promise<MailedLink> {
  const purpose = change.requestType === CONFIRMATION ? 'confirm_change' : 'new_address';
  const link = { purpose, address: change.updateTo } as const;
  const fault = await findChangeFault(token, { change, context });
  if (fault === null) return { ...link, state: 'open' };
  const user = await context.internalAdapter.findUserById(change.userId);
  // Another request with the link may have changed the address, and not marked the link yet.
  const isDone =
    purpose === 'confirm_change' ? user && fault === 'used' : user?.email === change.updateTo;
  return isDone ? { ...link, state: 'done' } : VOID;
}

/**
 * Why the link of a change does nothing: it was used, the address or the credentials of the user have
 * changed since the request, or another account has the new address. @returns `null` for an open
 * link.
 */
export async function findChangeFault(
  token: unknown,
  { change, context }: { change: EmailChange; context: Context },
): Promise<'used' | 'stale' | 'taken' | null> {
  const { internalAdapter } = context;
  if (await isUsed(token, { internalAdapter })) return 'used';
  const user = await internalAdapter.findUserById(change.userId);
  if (user?.email.toLowerCase() !== change.email.toLowerCase()) return 'stale';
  if (await isOlderThanCredentials(change, context)) return 'stale';
  if (change.requestType !== LAST_STEP) return null;
  return (await internalAdapter.findUserByEmail(change.updateTo)) === null ? null : 'taken';
}

/** Of a link that is not valid: the signature is not verified. */
function isPast(token: string): boolean {
  try {
    const { exp } = decodeJwtPayload(token);
    return typeof exp === 'number' && exp * 1_000 <= Date.now();
  } catch {
    return false;
  }
}

/** Also the end of a second factor, of a provider or a passkey, and a ban. */
const CHANGED_SINCE = `
  SELECT FROM credential_state WHERE user_id = $1 AND changed_at >= to_timestamp($2)`;

/** The time of a password is that of an auth server, as in the link. */
async function isOlderThanCredentials(
  { userId, iat }: EmailChange,
  { internalAdapter, pool }: Context,
): Promise<boolean> {
  const account = await internalAdapter.findCredentialAccount(userId);
  if (account && account.updatedAt.getTime() >= iat * 1_000) return true;
  return (await pool.query(CHANGED_SINCE, [userId, iat])).rows.length > 0;
}

/** Longer than a link is valid. */
const LONGEST_LINK_MS = 24 * 3_600_000;

async function isUsed(
  token: unknown,
  { internalAdapter }: Pick<Context, 'internalAdapter'>,
): Promise<boolean> {
  return (await internalAdapter.findVerificationValue(usedLink(token))) !== null;
}

/** @returns `false` when the link was used before. */
export function markUsed(
  { token, userId }: { token: unknown; userId: string },
  { internalAdapter }: Pick<Context, 'internalAdapter'>,
): Promise<boolean> {
  return internalAdapter.reserveVerificationValue({
    identifier: usedLink(token),
    value: userId,
    expiresAt: new Date(Date.now() + LONGEST_LINK_MS),
  });
}

function usedLink(token: unknown): string {
  return `used-link-${createHash('sha256').update(String(token)).digest('base64url')}`;
}
