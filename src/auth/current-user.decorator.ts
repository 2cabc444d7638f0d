import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from './principal';

/** A request that has passed {@link AccessTokenGuard}. */
export interface AuthenticatedRequest {
  user?: Principal;
}

/**
 * The caller of a closed route, as a {@link Principal}.
 *
 * @throws on a route marked `@Public()`, which has no caller: a mistake of ours, not the client's.
 */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!user) throw new Error('@CurrentUser() stands on a route without authentication');
  return user;
});
