import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal, UserPrincipal } from './principal';
import { Problem } from '../../common/problems/problem';

/** A request that has passed {@link JwtAuthGuard}. */
export interface AuthenticatedRequest {
  user?: Principal;
}

/**
 * The user who calls a closed route. A machine never gets here: a route is closed to it
 * unless `@Scopes()` says otherwise, and where it does, this refuses the machine.
 *
 * @throws {Problem} `user_required`
 * @throws on a route marked `@Public()`, which has no caller: a mistake of ours, not the client's.
 */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  userOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);

/** Whoever calls a closed route, a user or a machine. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);

/** @throws when nobody has asked who is calling. */
export function principalOf({ user }: AuthenticatedRequest): Principal {
  if (!user) throw new Error('the caller of a public route has no principal');
  return user;
}

/** @throws {Problem} `user_required` when a machine is calling. */
export function userOf(request: AuthenticatedRequest): UserPrincipal {
  const principal = principalOf(request);
  if (principal.kind !== 'user') throw new Problem('user_required');
  return principal;
}
