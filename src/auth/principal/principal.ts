import type { KnownProfile } from './known-profile';
import type { Role } from '../../../contract';

/**
 * The caller: a user within one session, or a service account. Only the verification of a token
 * creates it. `kind` is one of the two; fields of the other kind are `undefined`.
 */
export type Principal = UserPrincipal | ClientPrincipal;

export interface UserPrincipal {
  kind: 'user';
  userId: string;
  sessionId: string;
  /** The current role, not the role of the token (except in `token` mode). */
  role: Role;
  /** The OAuth client that acts for the user; `null`: the user signed in here directly. */
  clientId: string | null;
  /**
   * Whether the client belongs to the operator of Gatehouse: its users count as signed in
   * directly. With `ACCESS_CHECK=token` this is known of the documentation's client alone.
   */
  isFirstParty: boolean;
  /** The scopes that the user has granted the client and that the client may still have. */
  scopes: readonly string[];
  /** The administrator who acts as the user; `null` outside an impersonation. */
  impersonatorId: string | null;
  /** The profile of the user from the memory of live access; only `users/` reads it. */
  profile: KnownProfile | null;
}

/** A service account: a client that authenticates with its own secret. */
export interface ClientPrincipal {
  kind: 'client';
  clientId: string;
  scopes: readonly string[];
  userId?: undefined;
  sessionId?: undefined;
  role?: undefined;
}
