import { trace } from '@opentelemetry/api';
import { randomUUID } from 'node:crypto';

/** The place of one request in a trace that may span many services (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits, the same in every service that takes part. */
  traceId: string;
  /** 16 hexadecimal digits: this request, as the parent of the calls that it makes. */
  spanId: string;
  /** Two hexadecimal digits; `01` says that the caller records the trace. */
  flags: string;
}

/** Section 3.2.2; versions to come may append fields, and `ff` is none. */
const TRACEPARENT =
  /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-([\da-f]{2})(-.*)?$/;

/**
 * Goes on with the trace of a caller, or begins one where the header is missing or broken
 * (section 4.3: a broken one counts as none). With tracing on, the SDK has done both: the trace
 * is that of the active span.
 */
export function continueTrace(traceparent: unknown): TraceContext {
  const span = trace.getActiveSpan()?.spanContext();
  if (span) {
    const { traceId, spanId, traceFlags } = span;
    return { traceId, spanId, flags: toFlags(traceFlags) };
  }
  // Node.js keeps random bytes for these at hand; `randomBytes` asks for new ones each time.
  const id = randomUUID().replaceAll('-', '');
  const spanId = id.slice(16);
  const [, version, traceId, flags, more] =
    (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || [];
  const isOurs = traceId !== undefined && (version !== '00' || more === undefined);
  if (!isOurs) return { traceId: randomUUID().replaceAll('-', ''), spanId, flags: '00' };
  return { traceId, spanId, flags: flags! };
}

function toFlags(flags: number): string {
  return flags.toString(16).padStart(2, '0');
}

/** The header for the calls that a request makes. */
export function toTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
