import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { PAIR_ADMINISTRATOR, ProcessPair } from '../support/processes/process-pair';
import { RecordingServer } from '../support/servers/recording-server';

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp, in JSON */
interface ExportedTraces {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: Omit<Span, 'service'>[] }[];
  }[];
}

interface Attribute {
  key: string;
  value: { stringValue?: string };
}

interface Span {
  service: string;
  traceId: string;
  name: string;
  attributes: Attribute[];
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

describe('traces of both processes', () => {
  let database: TestDatabase;
  let collector: RecordingServer;
  let pair: ProcessPair;

  beforeAll(async () => {
    database = await createTestDatabase();
    collector = await RecordingServer.start();
    collector.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    };
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    pair = await ProcessPair.start({ databaseUrl: database.url, env });
  });

  afterAll(async () => {
    await pair.stop();
    await collector.stop();
    await database.drop();
  });

  function spansOf(traceId: string): Span[] {
    return collector.requests
      .filter(({ url }) => url === '/v1/traces')
      .flatMap(({ body }) => (JSON.parse(body) as ExportedTraces).resourceSpans)
      .flatMap(({ resource, scopeSpans }) =>
        scopeSpans
          .flatMap(({ spans }) => spans)
          .map((span) => ({ ...span, service: textOf(resource.attributes, 'service.name') })),
      )
      .filter((span) => span.traceId === traceId);
  }

  it('lead with one trace id from the API through the auth server to the SQL statement', async () => {
    const response = await fetch(`${pair.apiUrl}/api/v1/auth/sign-in?token=a-secret-of-a-link`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01`,
      },
      body: JSON.stringify(PAIR_ADMINISTRATOR),
    });
    expect(response.status).toBe(200);
    await eventually(() => {
      const services = spansOf(TRACE_ID).map(({ service }) => service);
      expect(services).toEqual(expect.arrayContaining(['gatehouse-api', 'gatehouse-auth']));
      const statements = spansOf(TRACE_ID)
        .filter(({ service }) => service === 'gatehouse-auth')
        .map(({ attributes }) => textOf(attributes, 'db.query.text', 'db.statement'));
      expect(statements.join('\n')).toContain('insert into "session"');
    });
    await eventually(() => expect(pair.output).toContain(`"traceId":"${TRACE_ID}"`));
  });

  it('contain no password, no query of a URL, no address and no parameter of a statement', () => {
    const sent = collector.requests.map(({ body }) => body).join('\n');
    const secrets = [
      PAIR_ADMINISTRATOR.password,
      PAIR_ADMINISTRATOR.email,
      'a-secret-of-a-link',
      'user_agent.original',
      'client.address',
    ];
    expect(secrets.filter((secret) => sent.includes(secret))).toEqual([]);
  });

  it('are sent before the processes end, with status 0', async () => {
    const traceId = TRACE_ID.replace(/^0a/, '0b');
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    await fetch(`${pair.apiUrl}/`, { headers });
    expect(await pair.stop()).toEqual([0, 0]);
    expect(spansOf(traceId)).not.toEqual([]);
  });
});

function textOf(attributes: Attribute[], ...keys: string[]): string {
  return attributes.find(({ key }) => keys.includes(key))?.value.stringValue ?? '';
}
