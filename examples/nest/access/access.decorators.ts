import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Caller } from '../../express/access';

export const IS_PUBLIC = 'isPublic';
export const REQUIRED_ROLES = 'requiredRoles';
export const REQUIRED_SCOPES = 'requiredScopes';

/** A request that the guards let in. */
export interface AccessRequest {
  headers: { authorization?: string };
  caller?: Caller;
}

/** Opens a route to requests without a token. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** Lets only users in who have one of the roles. It does not concern service accounts. */
export const Roles = (...roles: string[]) => SetMetadata(REQUIRED_ROLES, roles);

/**
 * Opens a route to service accounts, and to clients that act for a user, whose token has all of
 * the scopes. Without it a route is closed to both.
 */
export const Scopes = (...scopes: string[]) => SetMetadata(REQUIRED_SCOPES, scopes);

/** The caller of a route that is not public. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<AccessRequest>().caller;
});
