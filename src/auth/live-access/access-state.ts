import type { KnownProfile } from '../principal/known-profile';
import { isBanInForce, isOfGrant, isRole, type Role } from '../../../contract';

/** The fields of a session that decide about access. Times are milliseconds since the epoch. */
export interface KnownSession {
  userId: string;
  expiresAt: number;
  /** Time of the grant of the session's user to each client, by client id. */
  grants: Readonly<Record<string, number>>;
}

/** The fields of a user that decide about access, and the own profile. */
export interface KnownUser {
  role: Role;
  banned: boolean;
  /** The end of the ban; `null`: it has no end. */
  banExpires: number | null;
  /** `null`: the profile is too long for the memory. */
  profile: KnownProfile | null;
}

/** A resource about whose tokens a client may ask (RFC 7662). */
export interface KnownResource {
  identifier: string;
  /** Since when it exists, in milliseconds since the epoch. */
  since: number;
  scopes: readonly string[];
}

/** What of a client decides about access. */
export interface KnownClient {
  disabled: boolean;
  /** Whether its users count as signed in directly. */
  firstParty: boolean;
  /** What users may grant it. */
  scopes: readonly string[];
  /** The scopes of its own tokens. */
  ownScopes: readonly string[];
  /** The resources whose server the client is. */
  resources: readonly KnownResource[];
}

/**
 * The subject of a token: a user within a session, possibly with a client, or only a client. Its
 * state is loaded and announced by these ids.
 */
export interface AccessSubject {
  /** `null` with {@link userId}: a client alone. */
  sessionId: string | null;
  userId: string | null;
  clientId: string | null;
  /** When the grant of the token began, in milliseconds since the epoch, if the token says it. */
  grantedAt?: number | null;
}

/** The known state of a subject, one part for each of its ids. */
export interface AccessState {
  session: KnownSession | null;
  user: KnownUser | null;
  client: KnownClient | null;
}

/**
 * Why a known session may be insufficient for a subject, so that it is loaded again: the
 * extension of a session and a new grant are not announced. The end of the former grant is, and may
 * arrive after a token of the new one.
 */
export function mustReload(
  session: KnownSession,
  { clientId, grantedAt, now }: Pick<AccessSubject, 'clientId' | 'grantedAt'> & { now: number },
): boolean {
  if (session.expiresAt <= now) return true;
  if (clientId === null) return false;
  if (!Object.hasOwn(session.grants, clientId)) return true;
  return typeof grantedAt === 'number' && grantedAt !== session.grants[clientId];
}

/**
 * The reason why a state gives no access to the subject of a token, for the log; `null` when it
 * gives access. Everything that ends by time is checked here for each request.
 * @param state `null`: a part of it does not exist.
 * @param moment.issuedAt of the token, in seconds since the epoch.
 */
export function refusalReason(
  state: AccessState | null,
  { subject, issuedAt, now }: { subject: AccessSubject; issuedAt: number; now: number },
): string | null {
  if (!state) return 'session has ended, or the client was deleted';
  const { session, user, client } = state;
  if (session && session.userId !== subject.userId) return 'session belongs to another user';
  if (session && session.expiresAt <= now) return 'session has expired';
  if (session && subject.clientId !== null) {
    const begin = session.grants[subject.clientId];
    const token = { iat: issuedAt, grantedAt: subject.grantedAt ?? null };
    if (begin === undefined || !isOfGrant(token, begin)) {
      return 'what was granted to the client has ended';
    }
  }
  if (user && isBanInForce(user, now)) return 'user is banned';
  if (user && !isRole(user.role)) return 'no feature declares the role of the user';
  if (client?.disabled) return 'client is disabled';
  return null;
}
