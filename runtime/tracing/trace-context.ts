import { trace } from '@opentelemetry/api';
import { randomUUID } from 'node:crypto';

/** One request in a trace of several services (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits, the same in all these services. */
  traceId: string;
  /** 16 hexadecimal digits: this request, as the parent of the calls that it makes. */
  spanId: string;
  /** Two hexadecimal digits; `01` says that the caller records the trace. */
  flags: string;
}

/** Section 3.2.2: later versions can append fields, and `ff` is not a version. */
const TRACEPARENT =
  /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-([\da-f]{2})(-.*)?$/;

/**
 * Continues the trace of the caller. Without a valid header (section 4.3) it begins a trace. With
 * tracing on, the SDK has done this, and the trace is that of the active span.
 */
export function continueTrace(traceparent: unknown): TraceContext {
  const span = trace.getActiveSpan()?.spanContext();
  if (span) {
    const { traceId, spanId, traceFlags } = span;
    return { traceId, spanId, flags: toFlags(traceFlags) };
  }
  // Faster than `randomBytes`: Node.js generates the random bytes of UUIDs in advance.
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
