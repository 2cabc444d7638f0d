import type { FastifyRequest } from 'fastify';
import { continueTrace, type TraceContext } from '../../../runtime/tracing/trace-context';

const traces = new WeakMap<FastifyRequest, TraceContext>();

/** The trace of a request. It stays the same until the request is answered. */
export function traceOf(request: FastifyRequest): TraceContext {
  const known = traces.get(request);
  if (known) return known;
  const trace = continueTrace(request.headers.traceparent);
  traces.set(request, trace);
  return trace;
}
