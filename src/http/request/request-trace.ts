import type { FastifyRequest } from 'fastify';
import { continueTrace, type TraceContext } from '../../../runtime/tracing/trace-context';

const traces = new WeakMap<FastifyRequest, TraceContext>();

/** The trace that a request belongs to, the same for as long as it is served. */
export function traceOf(request: FastifyRequest): TraceContext {
  const known = traces.get(request);
  if (known) return known;
  const trace = continueTrace(request.headers.traceparent);
  traces.set(request, trace);
  return trace;
}
