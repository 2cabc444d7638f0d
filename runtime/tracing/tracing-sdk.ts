import { context, propagation, trace, type TextMapPropagator } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { RedactingExporter } from './tracing-redaction';

const EXPORT_LIMIT_MS = 2_000;
const EXPORT_INTERVAL_MS = 1_000;

/** Traces of one process. */
export interface Tracing {
  /** Sends what is left. Takes two seconds at most. */
  stop(): Promise<void>;
}

export interface SdkOptions {
  /** Base URL of an OTLP/HTTP collector. */
  endpoint: string;
  serviceName: string;
}

/** Spans of HTTP requests in and out, and of SQL statements without their parameters. */
export function startSdk({ endpoint, serviceName }: SdkOptions): Tracing {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = new RedactingExporter(
    new OTLPTraceExporter({ url, timeoutMillis: EXPORT_LIMIT_MS }),
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: EXPORT_INTERVAL_MS,
        exportTimeoutMillis: EXPORT_LIMIT_MS,
      }),
    ],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(receiveOnly(new W3CTraceContextPropagator()));
  trace.setGlobalTracerProvider(provider);
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url: path }) => isProbe(path) }),
      new UndiciInstrumentation({ requireParentforSpans: true }),
      new PgInstrumentation({ requireParentSpan: true }),
    ],
  });
  return { stop: () => stopProvider(provider) };
}

/**
 * The processes send `traceparent` themselves, also without the SDK: `trace-context.ts` takes it
 * from the active span. A second header of the same name would make both invalid.
 */
function receiveOnly(propagator: W3CTraceContextPropagator): TextMapPropagator {
  return {
    inject: () => {},
    extract: (parent, carrier, getter) => propagator.extract(parent, carrier, getter),
    fields: () => [],
  };
}

function isProbe(path = ''): boolean {
  return path.startsWith('/health/') || path === '/metrics';
}

async function stopProvider(provider: TracerProvider): Promise<void> {
  const limit = new Promise<void>((resolve) => {
    setTimeout(resolve, EXPORT_LIMIT_MS).unref();
  });
  await Promise.race([provider.shutdown().catch(() => {}), limit]);
}
