import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ifMatchOf } from './request/preconditions';
import type { ConditionalRouteConfig } from '../common/openapi/conditional.decorator';
import { Problem } from '../common/problems/problem';

const NO_TAG = 'This URL has no ETag that If-Match can name. Send the request without the header.';

/**
 * Global, after the guards of access: refuses a change with `If-Match` on a route without
 * `@Conditional()`, which would ignore it. No tag can match there (RFC 9110, section 13.1.1).
 */
@Injectable()
export class PreconditionsGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.method === 'GET' || request.method === 'HEAD') return true;
    if (ifMatchOf(request) === undefined) return true;
    if ((request.routeOptions.config as ConditionalRouteConfig).isConditional) return true;
    throw new Problem('precondition_failed', { detail: NO_TAG });
  }
}
