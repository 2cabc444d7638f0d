import { createRequire } from 'node:module';
import { completeEnvironment } from '../settings/development';
import type { startSdk, Tracing } from './tracing-sdk';

const NO_TRACING: Tracing = { stop: async () => {} };

/**
 * Starts tracing where `OTEL_EXPORTER_OTLP_ENDPOINT` is set; elsewhere no part of the SDK is
 * loaded. The instrumentations replace functions of `http` and `pg`, so the main file of a
 * process calls this in its first import, before anything else is loaded.
 */
export function startTracing(serviceName: string): Tracing {
  const endpoint = completeEnvironment().OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || !URL.canParse(endpoint)) return NO_TRACING;
  const sdk = createRequire(__filename)('./tracing-sdk') as { startSdk: typeof startSdk };
  return sdk.startSdk({ endpoint, serviceName });
}
