import type { KnownProfile } from '../principal/known-profile';
import { CLOCK_TOLERANCE_SECONDS, type Role } from '../../../contract';

/** What of a session decides about access. Times are milliseconds since the epoch. */
export interface KnownSession {
  userId: string;
  expiresAt: number;
  /** Time of the grant of the session's user to each client, by client id. */
  grants: Readonly<Record<string, number>>;
}

/** What of a user decides about access, and what the user reads of the own account. */
export interface KnownUser {
  role: Role;
  banned: boolean;
  /** When the ban ends by itself; `null`: it does not. */
  banExpires: number | null;
  /** `null`: it is too long to be held in memory. */
  profile: KnownProfile | null;
}

/** What of a client decides about access. */
export interface KnownClient {
  disabled: boolean;
  /** What users may grant it. */
  scopes: readonly string[];
  /** What it may do on its own behalf. */
  ownScopes: readonly string[];
}

/**
 * Whom a token stands for: a user within a session, maybe by way of a client, or a client
 * alone. Its state is asked for, known and announced by these ids.
 */
export interface AccessSubject {
  /** `null` with {@link userId}: a client alone. */
  sessionId: string | null;
  userId: string | null;
  clientId: string | null;
}

/** What is known of a subject, one part for each of its ids. */
export interface AccessState {
  session: KnownSession | null;
  user: KnownUser | null;
  client: KnownClient | null;
}

/**
 * Why a known session may be insufficient for a subject, so that it is loaded again: the
 * extension of a session and a new grant are not announced.
 */
export function isWorthAnotherLook(
  session: KnownSession,
  { clientId, now }: { clientId: string | null; now: number },
): boolean {
  return (
    session.expiresAt <= now || (clientId !== null && !Object.hasOwn(session.grants, clientId))
  );
}

/**
 * Why a state gives no access to the subject of a token, for the log; `null` when it does.
 * Everything that ends by time alone is judged here, by the clock, at each request.
 *
 * @param state `null`: a part of it does not exist.
 * @param moment.issuedAt of the token, in seconds since the epoch.
 */
export function refusalReason(
  state: AccessState | null,
  { subject, issuedAt, now }: { subject: AccessSubject; issuedAt: number; now: number },
): string | null {
  if (!state) return 'session has ended, or the client is gone';
  const { session, user, client } = state;
  if (session && session.userId !== subject.userId) return 'session belongs to another user';
  if (session && session.expiresAt <= now) return 'session has expired';
  if (session && subject.clientId !== null) {
    // What came before was of another grant, whose end a new one does not undo.
    const earliest = session.grants[subject.clientId]! / 1_000 - CLOCK_TOLERANCE_SECONDS;
    if (!(earliest <= issuedAt)) return 'what was granted to the client has ended';
  }
  if (user?.banned && (user.banExpires === null || user.banExpires > now)) return 'user is banned';
  if (client?.disabled) return 'client is disabled';
  return null;
}
