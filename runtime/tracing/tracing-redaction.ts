import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { withoutCredentials } from '../http/path-credentials';

/**
 * The attributes that leave the process. Everything else stays: queries hold tokens of links,
 * addresses and user agents are personal data.
 */
const EXPORTED = new Set([
  'db.namespace',
  'db.operation.name',
  'db.query.text',
  'db.statement',
  'db.system',
  'db.system.name',
  'error.type',
  'http.method',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'http.status_code',
  'server.address',
  'server.port',
  'url.path',
  'url.scheme',
]);

/** Sends spans without anything that a caller must not share with a collector of traces. */
export class RedactingExporter implements SpanExporter {
  constructor(private readonly exporter: SpanExporter) {}

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.exporter.export(spans.map(redact), done);
  }

  async shutdown(): Promise<void> {
    await this.exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }
}

/** Events and the message of a status repeat error messages, which may hold values of rows. */
function redact(span: ReadableSpan): ReadableSpan {
  return Object.create(span, {
    attributes: { value: redactAttributes(span.attributes) },
    events: { value: [] },
    status: { value: { code: span.status.code } },
  }) as ReadableSpan;
}

function redactAttributes(attributes: Attributes): Attributes {
  const exported = Object.entries(attributes).filter(([name]) => EXPORTED.has(name));
  return Object.fromEntries(
    exported.map(([name, value]) => [
      name,
      name === 'url.path' ? withoutCredentials(String(value)) : value,
    ]),
  );
}
