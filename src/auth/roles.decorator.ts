import { SetMetadata } from '@nestjs/common';
import type { Role } from '../../contract';

/** Metadata key of {@link Roles}. */
export const REQUIRED_ROLES = Symbol('RequiredRoles');

/**
 * Lets only callers in who have one of the roles; others get 403 `forbidden`.
 *
 * The roles are alternatives, not a list to fulfil: a user has exactly one role. On a
 * handler it replaces what the controller says. Without it any signed-in user may call
 * the route. It is judged by the role in force when the request arrives, not by the
 * token's claim, unless `ACCESS_CHECK` is `token`. It says nothing about whose data is
 * asked for: routes such as `GET /users/{id}` check that themselves.
 */
export function Roles(...roles: [Role, ...Role[]]): MethodDecorator & ClassDecorator {
  return SetMetadata(REQUIRED_ROLES, roles);
}
