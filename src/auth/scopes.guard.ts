import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from './principal/current-user.decorator';
import type { Principal } from './principal/principal';
import { REQUIRED_ROLES } from './roles.decorator';
import { RouteRule } from './route-rules';
import { REQUIRED_SCOPES } from './scopes.decorator';
import { type ApiScope, DOCS_CLIENT_ID } from '../../contract';
import { Problem } from '../common/problems/problem';

/** The scope with which another program may read a user's own account. */
const OWN_ACCOUNT_SCOPE = 'profile';

/**
 * Global, after the guard of roles: holds machines, and programs that act for a user, to
 * `@Scopes()`. A route without it is closed to machines; another program may only read
 * there, what is the user's own.
 */
@Injectable()
export class ScopesGuard implements CanActivate {
  private readonly scopes: RouteRule<string[]>;
  private readonly roles: RouteRule<unknown>;

  constructor(reflector: Reflector) {
    this.scopes = new RouteRule(reflector, REQUIRED_SCOPES);
    this.roles = new RouteRule(reflector, REQUIRED_ROLES);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    if (!request.user || isFirstHand(request.user)) return true;
    const scopes = this.scopes.of(context);
    if (scopes) return assertGranted(request.user, scopes);
    const isOwnAccount = !this.roles.of(context);
    if (request.user.kind === 'user' && isOwnAccount && isReading(request)) {
      return assertGranted(request.user, [OWN_ACCOUNT_SCOPE]);
    }
    throw new Problem('user_required');
  }
}

/**
 * For handlers whose scope depends on what they are asked for: holds machines, and programs
 * that act for a user, to it.
 *
 * @throws {Problem} `insufficient_scope`
 */
export function assertScope(principal: Principal, scope: ApiScope): void {
  if (!isFirstHand(principal)) assertGranted(principal, [scope]);
}

/** A user who signed in here themselves, also for the sake of our own documentation. */
function isFirstHand({ kind, clientId }: Principal): boolean {
  return kind === 'user' && (clientId === null || clientId === DOCS_CLIENT_ID);
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** @throws {Problem} `insufficient_scope`, with the challenge of RFC 6750, section 3.1. */
function assertGranted(principal: Principal, scopes: string[]): true {
  if (scopes.every((scope) => principal.scopes.includes(scope))) return true;
  const challenge = `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
  throw new Problem('insufficient_scope', { headers: { 'www-authenticate': challenge } });
}
