import { isIP } from 'node:net';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { traceOf } from './request-trace';
import { toTraceparent } from '../../runtime/trace-context';

/** Where a request comes from, for the auth server and the logs. */
export interface CallerContext {
  /** Client address, worked out by `TRUST_PROXY`; it cannot be forged by a header. */
  address: string;
  userAgent: string;
  requestId: string;
  /** For the calls that are made for this request (W3C Trace Context, section 3.2). */
  traceparent: string;
}

export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return toCallerContext(request);
});

export function toCallerContext(request: FastifyRequest): CallerContext {
  return {
    address: clientAddressOf(request),
    userAgent: request.headers['user-agent'] ?? '',
    requestId: request.id,
    traceparent: toTraceparent(traceOf(request)),
  };
}

/** What a trusted proxy passes on may still be no address: then the proxy's own is used. */
function clientAddressOf(request: FastifyRequest): string {
  const address = isIP(request.ip) ? request.ip : (request.raw.socket.remoteAddress ?? '');
  // An IPv4 client of a dual-stack socket (RFC 4291, section 2.5.5.2).
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
