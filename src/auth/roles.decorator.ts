import { SetMetadata } from '@nestjs/common';
import type { Role } from '../../contract';

/** Metadata key of {@link Roles}. */
export const REQUIRED_ROLES = Symbol('RequiredRoles');

/**
 * Admits only users who have one of the roles; others get 403 `forbidden`.
 *
 * One of the roles is enough: a user has exactly one role. The decorator of a handler replaces
 * that of its controller. Without it every signed-in user can call the route. The role in force at
 * the time of the request decides, and the claim of the token only when `ACCESS_CHECK` is `token`.
 * It does not check whose data is read: routes such as `GET /users/{id}` check that.
 */
export function Roles(...roles: [Role, ...Role[]]): MethodDecorator & ClassDecorator {
  return SetMetadata(REQUIRED_ROLES, roles);
}
