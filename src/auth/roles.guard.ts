import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthenticatedRequest } from './principal/current-user.decorator';
import type { Route } from './principal/current-actor.decorator';
import type { Principal } from './principal/principal';
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
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    return this.judge(user, context);
  }

  /** @throws {Problem} `forbidden` */
  judge(principal: Principal | undefined, route: Route): true {
    const required = this.roles.of(route);
    if (!required) return true;
    // A service account has no role: the scopes guard checks its scopes.
    if (principal?.kind === 'client') return true;
    if (principal && required.includes(principal.role)) return true;
    throw new Problem('forbidden');
  }
}
