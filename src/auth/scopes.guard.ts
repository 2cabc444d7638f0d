import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthenticatedRequest } from './principal/current-user.decorator';
import type { Route } from './principal/current-actor.decorator';
import { isDirect } from './principal/direct-sign-in';
import type { Principal } from './principal/principal';
import { RouteRule } from './route-rules';
import { REQUIRED_SCOPES, type ScopeRule } from './scopes.decorator';
import type { ApiScope, Scope } from '../../contract';
import { Problem } from '../common/problems/problem';

/**
 * Global, after the guard of roles. A route is closed to service accounts and to clients that act
 * for a user unless `@Scopes()` or `@UserScopes()` opens it.
 */
@Injectable()
export class ScopesGuard implements CanActivate {
  private readonly rules: RouteRule<ScopeRule>;

  constructor(reflector: Reflector) {
    this.rules = new RouteRule(reflector, REQUIRED_SCOPES);
  }

  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    return !user || this.judge(user, context);
  }

  /** @throws {Problem} `user_required`, `insufficient_scope` */
  judge(principal: Principal, route: Route): true {
    if (isDirect(principal)) return true;
    const rule = this.rules.of(route);
    const isOpen = rule && (principal.kind === 'user' || rule.forServiceAccounts);
    if (!isOpen) throw new Problem('user_required');
    return assertGranted(principal, rule.scopes);
  }
}

/**
 * For handlers whose scope depends on the request: service accounts, and clients that act for a
 * user, need it.
 *
 * @throws {Problem} `insufficient_scope`
 */
export function assertScope(principal: Principal, scope: ApiScope): void {
  if (!isDirect(principal)) assertGranted(principal, [scope]);
}

/** @throws {Problem} `insufficient_scope`, with the challenge of RFC 6750, section 3.1. */
function assertGranted(principal: Principal, scopes: readonly Scope[]): true {
  if (scopes.every((scope) => principal.scopes.includes(scope))) return true;
  const challenge = `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
  throw new Problem('insufficient_scope', { headers: { 'www-authenticate': challenge } });
}
