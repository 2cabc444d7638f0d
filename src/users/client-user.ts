import type { ClientUser, OwnUser, User } from './user.schemas';
import { isDirect } from '../auth/principal/direct-sign-in';
import type { UserPrincipal } from '../auth/principal/principal';

/**
 * The fields of a user for the user. A client that acts for a user reads the fields of its scopes:
 * `email` adds the e-mail address to those of `profile`. Only users who signed in directly read
 * role and ban (docs/guides/oauth.md has the table).
 */
export function toOwnUser(user: User, principal: UserPrincipal): OwnUser {
  return isDirect(principal) ? user : toClientUser(user, principal.scopes);
}

function toClientUser(user: User, scopes: readonly string[]): ClientUser {
  const { id, email, emailVerified, name, image, createdAt, updatedAt } = user;
  const address = scopes.includes('email') ? { email, emailVerified } : {};
  return { id, ...address, name, image, createdAt, updatedAt };
}
