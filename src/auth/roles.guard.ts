import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthenticatedRequest } from './principal/current-user.decorator';
import { REQUIRED_ROLES } from './roles.decorator';
import { RouteRule } from './route-rules';
import type { Role } from '../../contract';
import { Problem } from '../common/problems/problem';

/** Global, after {@link JwtAuthGuard}: compares the role of the caller with `@Roles()`. */
@Injectable()
export class RolesGuard implements CanActivate {
  private readonly roles: RouteRule<Role[]>;

  constructor(reflector: Reflector) {
    this.roles = new RouteRule(reflector, REQUIRED_ROLES);
  }

  canActivate(context: ExecutionContext): boolean {
    const required = this.roles.of(context);
    if (!required) return true;
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    // A service account has no role: the scopes guard checks its scopes.
    if (user?.kind === 'client' || (user && required.includes(user.role))) return true;
    throw new Problem('forbidden');
  }
}
