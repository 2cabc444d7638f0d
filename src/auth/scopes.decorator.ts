import { SetMetadata } from '@nestjs/common';
import type { Scope } from '../../contract';

/** Metadata key of {@link Scopes}. */
export const REQUIRED_SCOPES = Symbol('RequiredScopes');

/**
 * Opens a route to OAuth clients whose token has all of the scopes; others get 403
 * `insufficient_scope`. With scopes of the API (`users:read`) it opens the route to service
 * accounts and to clients that act for a user. With a scope of OpenID Connect (`profile`) it
 * opens the route only to clients that act for a user, because a service account has no user.
 *
 * Without it a route is closed to both, for every method: 403 `user_required`. It stands beside
 * `@Roles()`, which a user must fulfil as well: a scope never gives a user more than their role
 * does. A user who signed in here directly needs no scope. On a handler it replaces the value of
 * the controller. The OpenAPI document takes the scopes of a route from the same metadata as the
 * guard. The consent page must describe what a scope opens: `test/oauth/consent-texts.spec.ts`
 * fails for a new route until the text names it.
 */
export function Scopes(...scopes: [Scope, ...Scope[]]): MethodDecorator & ClassDecorator {
  return SetMetadata(REQUIRED_SCOPES, scopes);
}
