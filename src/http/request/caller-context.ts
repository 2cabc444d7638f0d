import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { clientAddressOf } from './client-address';
import { leaveOf } from './client-leave';
import { traceOf } from './request-trace';
import { toTraceparent } from '../../../runtime/tracing/trace-context';

/** The origin of a request, for the auth server and the logs. */
export interface CallerContext {
  /** The IP address of the client by `TRUST_PROXY`: a client cannot forge it with a header. */
  address: string;
  userAgent: string;
  requestId: string;
  /** For the calls that are made for this request (W3C Trace Context, section 3.2). */
  traceparent: string;
  /** Aborted when the client closes the connection. */
  left: AbortSignal;
}

export const RequestContext = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return toCallerContext(request);
});

export function toCallerContext(request: FastifyRequest): CallerContext {
  return {
    address: clientAddressOf(request),
    userAgent: request.headers['user-agent'] ?? '',
    requestId: request.id,
    traceparent: toTraceparent(traceOf(request)),
    left: leaveOf(request.raw.socket),
  };
}
