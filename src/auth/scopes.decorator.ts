import { SetMetadata } from '@nestjs/common';
import type { ApiScope } from '../../contract';

/** Metadata key of {@link Scopes}. */
export const REQUIRED_SCOPES = Symbol('RequiredScopes');

/**
 * Opens a route to machines, and to programs that act for a user, when their token has all
 * of the scopes; others get 403 `insufficient_scope`.
 *
 * Without it a route is for users alone: a machine gets 403 `user_required`. It stands beside
 * `@Roles()`, which a user must fulfil as well: a scope never gives a user more than their
 * role does. A user who signed in here themselves needs no scope. On a handler it replaces
 * what the controller says. The OpenAPI document takes the route's scopes from the same
 * metadata as the guard.
 */
export function Scopes(...scopes: [ApiScope, ...ApiScope[]]): MethodDecorator & ClassDecorator {
  return SetMetadata(REQUIRED_SCOPES, scopes);
}
