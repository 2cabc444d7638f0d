import type { Role } from '../../auth-server/contract';

/** Who is calling: a user within one session. Made by verification alone, never by a request. */
export interface Principal {
  userId: string;
  sessionId: string;
  /** The role in force now, not the one that the token was issued with (except in `token` mode). */
  role: Role;
}
