import { APIError } from 'better-auth/api';
import { BANNED_MESSAGE, UNKNOWN_ROLE } from '../common/errors';
import { isBanInForce, isRole, type SessionClaims } from '../../contract';

/** What the claims need of a session. */
export interface SessionBasis {
  id: string;
  createdAt: Date;
  impersonatedBy?: string | null;
  authenticationMethods?: string[] | null;
}

/**
 * The session and the user when a token is issued, read from the database and not from a cookie.
 */
export interface SignedIn {
  session: SessionBasis;
  user: Record<string, unknown>;
}

/**
 * Session → the claims of the access token in addition to the registered claims. Every
 * recipient of a token can read it, so it contains no e-mail address and no name.
 *
 * @throws {APIError} 403 `BANNED_USER`. A ban deletes the sessions in the database; a session that
 *   remains, where the triggers do not run, gets no token. 403 `UNKNOWN_ROLE`: no feature declares
 *   the role.
 */
export function toSessionClaims({ session, user }: SignedIn): SessionClaims {
  if (isBanned(user)) {
    throw new APIError('FORBIDDEN', { code: 'BANNED_USER', message: BANNED_MESSAGE });
  }
  if (!isRole(user.role)) throw new APIError('FORBIDDEN', UNKNOWN_ROLE);
  return { sid: session.id, role: user.role, ...toSignInClaims(session) };
}

/**
 * Who has signed in, when and how. An impersonation is not a sign-in of the user: a resource server
 * that asks for a recent sign-in or for a second factor must not accept it.
 */
function toSignInClaims({ createdAt, impersonatedBy, authenticationMethods }: SessionBasis) {
  if (impersonatedBy) return { act: { sub: impersonatedBy } };
  const amr = authenticationMethods?.length ? authenticationMethods : undefined;
  return { auth_time: Math.floor(createdAt.getTime() / 1_000), ...(amr && { amr }) };
}

export function isBanned({ banned, banExpires }: SignedIn['user']): boolean {
  return isBanInForce({ banned, banExpires });
}

/** The sessions of another user are not in force. */
export function mayHaveSessions(user: SignedIn['user']): boolean {
  return !isBanned(user) && isRole(user.role);
}
