import { SetMetadata } from '@nestjs/common';
import { type ApiScope, isServiceAccountScope, type Scope } from '../../contract';

/** Metadata key of {@link Scopes} and {@link UserScopes}. */
export const REQUIRED_SCOPES = Symbol('RequiredScopes');

/** The rule that {@link Scopes} and {@link UserScopes} set for a route. */
export interface ScopeRule {
  scopes: readonly Scope[];
  /** Whether the route is open to service accounts too. */
  forServiceAccounts: boolean;
}

/**
 * Opens a route to service accounts, and to OAuth clients that act for a user, whose token has all
 * of the scopes; others get 403 `insufficient_scope`. For a route that needs a user use
 * {@link UserScopes}: the start fails when a handler with this decorator takes `@CurrentUser()` or
 * `@CurrentUserActor()`.
 *
 * Without either decorator a route is closed to both, for every method: 403 `user_required`. They
 * stand beside `@Roles()`, which a user must fulfil as well: a scope never gives a user more than
 * their role does. A user who signed in here directly needs no scope. On a handler they replace
 * the value of the controller. The OpenAPI document takes the scopes of a route from the same
 * metadata as the guard. The consent page must describe what a scope opens:
 * `test/oauth/consent-texts.spec.ts` fails for a new route until the declaration of the scope
 * names it (`features/`).
 *
 * @throws when a service account cannot have one of the scopes.
 */
export function Scopes(...scopes: [ApiScope, ...ApiScope[]]): MethodDecorator & ClassDecorator {
  const foreign = scopes.find((scope) => !isServiceAccountScope(scope));
  if (foreign) throw new Error(`a service account cannot have ${foreign}: use @UserScopes()`);
  return SetMetadata(REQUIRED_SCOPES, { scopes, forServiceAccounts: true } satisfies ScopeRule);
}

/** As {@link Scopes}, for routes that need a user: service accounts get 403 `user_required`. */
export function UserScopes(...scopes: [Scope, ...Scope[]]): MethodDecorator & ClassDecorator {
  return SetMetadata(REQUIRED_SCOPES, { scopes, forServiceAccounts: false } satisfies ScopeRule);
}
