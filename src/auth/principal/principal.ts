import type { KnownProfile } from './known-profile';
import type { Role } from '../../../contract';

/**
 * Who is calling: a user within one session, or a service account. Made by
 * verification alone, never by a request. The kind says which of the two it is; what the
 * other kind has is `undefined`.
 */
export type Principal = UserPrincipal | ClientPrincipal;

export interface UserPrincipal {
  kind: 'user';
  userId: string;
  sessionId: string;
  /** The role in force now, not the one that the token was issued with (except in `token` mode). */
  role: Role;
  /** The OAuth client that acts for the user; `null`: the user signed in here directly. */
  clientId: string | null;
  /** What the user has granted the client, as far as it may still have it. */
  scopes: readonly string[];
  /** The user's own profile, as far as live access knows it; read by `users/` alone. */
  profile: KnownProfile | null;
}

/** A service account: a client that has proved itself by its own secret. */
export interface ClientPrincipal {
  kind: 'client';
  clientId: string;
  scopes: readonly string[];
  userId?: undefined;
  sessionId?: undefined;
  role?: undefined;
}
