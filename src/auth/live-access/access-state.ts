import type { Role } from '../../../auth-server/contract';

/** What of a session decides about access. Times are milliseconds since the epoch. */
export interface KnownSession {
  userId: string;
  expiresAt: number;
}

/** What of a user decides about access. */
export interface KnownUser {
  role: Role;
  banned: boolean;
  /** When the ban ends by itself; `null`: it does not. */
  banExpires: number | null;
}

/** One session and its user, as one query reads them. */
export interface AccessState {
  session: KnownSession;
  user: KnownUser;
}

/**
 * Why a state gives no access to the user of a token, for the log; `null` when it does.
 * Everything that ends by time alone is judged here, by the clock, at each request.
 *
 * @param state `null`: there is no such session.
 */
export function refusalReason(
  state: AccessState | null,
  { userId, now }: { userId: string; now: number },
): string | null {
  if (!state) return 'session has ended';
  const { session, user } = state;
  if (session.userId !== userId) return 'session belongs to another user';
  if (session.expiresAt <= now) return 'session has expired';
  if (user.banned && (user.banExpires === null || user.banExpires > now)) return 'user is banned';
  return null;
}
