import { type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { reservePorts } from '../support/ports';
import { Nginx } from './nginx';
import { environmentOf, ServerProcess } from '../operations/processes';

/** Not the address of nginx, which is 127.0.0.1. */
const CLIENT_ADDRESS = '127.0.0.9';
const CALLERS = 10;
const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

type Host = 'auth.example.com' | 'api.example.com';

interface Call {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: object;
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

let database: TestDatabase;
let nginx: Nginx;
let ports: { tls: number; plain: number };
let agent: Agent;
let auth: ServerProcess;
let replicas: ServerProcess[];
let accessToken: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const [tls, plain, secondPort] = await reservePorts(3);
  ports = { tls: tls!, plain: plain! };
  const common = await environmentOf(database.url, {
    NODE_ENV: 'production',
    PASSWORD_HASH_MEMORY: '',
    PASSWORD_HASH_PASSES: '',
    AUTH_URL: `https://auth.example.com:${tls}`,
    API_URL: `https://api.example.com:${tls}`,
    TRUST_PROXY: '127.0.0.1',
    SHUTDOWN_DELAY: '1500ms',
  });
  const env = { ...common, AUTH_INTERNAL_URL: `http://127.0.0.1:${common.AUTH_PORT}` };
  const start = (main: 'auth-server/main.ts' | 'src/main.ts', port: string) =>
    ServerProcess.start(main, {
      url: `http://127.0.0.1:${port}`,
      env: main === 'src/main.ts' ? { ...env, API_PORT: port } : env,
    });
  auth = await start('auth-server/main.ts', env.AUTH_PORT);
  replicas = [
    await start('src/main.ts', env.API_PORT),
    await start('src/main.ts', String(secondPort)),
  ];
  nginx = await Nginx.start({
    ports,
    replicas: {
      auth: [`127.0.0.1:${env.AUTH_PORT}`],
      api: [env.API_PORT, secondPort].map((port) => `127.0.0.1:${port}`),
    },
  });
  agent = new Agent({ keepAlive: true, ca: nginx.certificate, localAddress: CLIENT_ADDRESS });
  const { text } = await call('api.example.com', '/api/v1/auth/sign-in', {
    method: 'POST',
    body: ADMINISTRATOR,
    headers: { 'x-forwarded-for': '203.0.113.5' },
  });
  ({ accessToken } = JSON.parse(text) as { accessToken: string });
});

afterAll(async () => {
  agent?.destroy();
  await nginx?.stop();
  await Promise.all((replicas ?? []).map((replica) => replica.stop()));
  await auth?.stop();
  await database.drop();
});

function open(host: Host, path: string, { method = 'GET', headers, body }: Call = {}) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const options = {
      agent,
      method,
      host: '127.0.0.1',
      port: ports.tls,
      servername: host,
      path,
      headers: {
        host: `${host}:${ports.tls}`,
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
    };
    request(options, resolve)
      .on('error', reject)
      .end(body && JSON.stringify(body));
  });
}

async function call(host: Host, path: string, options?: Call): Promise<Answer> {
  const response = await open(host, path, options);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode!, headers: response.headers, text };
}

function callPlain(host: Host, path = '/a?b=c', method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: ports.plain, path, method, headers: { host } };
    plainRequest(options, (response) => resolve(response.resume()))
      .on('error', reject)
      .end();
  });
}

describe('both processes in production behind nginx', () => {
  it('serve both host names with TLS', async () => {
    const api = await call('api.example.com', '/api/v1/users/me');
    expect(api).toMatchObject({
      status: 200,
      headers: { 'strict-transport-security': expect.any(String) },
    });
    const discovery = await call('auth.example.com', '/.well-known/openid-configuration');
    expect(JSON.parse(discovery.text)).toMatchObject({
      issuer: `https://auth.example.com:${ports.tls}`,
    });
  });

  it('know the IP address of the client, whatever the client says', async () => {
    const { text } = await call('api.example.com', '/api/v1/users/me/sessions');
    const { items } = JSON.parse(text) as { items: { ipAddress: string }[] };
    expect(items.map(({ ipAddress }) => ipAddress)).toEqual([CLIENT_ADDRESS]);
  });

  it('give the browser its cookies', async () => {
    const { status, headers } = await call('auth.example.com', '/api/auth/sign-in/email', {
      method: 'POST',
      body: ADMINISTRATOR,
      headers: { authorization: '', origin: `https://auth.example.com:${ports.tls}` },
    });
    expect(status).toBe(200);
    expect(headers['set-cookie']?.join('\n')).toContain('__Secure-better-auth.session_token=');
  });

  it('redirect with a long state', async () => {
    const redirectUri = 'https://app.example.com/callback';
    const created = await call('api.example.com', '/api/v1/admin/clients', {
      method: 'POST',
      body: { type: 'public', name: 'App', redirectUris: [redirectUri], scopes: ['openid'] },
    });
    const { clientId } = JSON.parse(created.text) as { clientId: string };
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      state: 's'.repeat(6_000),
    });
    const answer = await call(
      'auth.example.com',
      `/api/auth/oauth2/authorize?${query.toString()}`,
      {
        headers: { authorization: '' },
      },
    );
    expect(answer).toMatchObject({
      status: 302,
      headers: { location: expect.stringContaining('/sign-in?') },
    });
    const { pathname, search } = new URL(answer.headers.location!);
    const page = await call('auth.example.com', pathname + search, {
      headers: { authorization: '', referer: answer.headers.location },
    });
    expect(page.status).toBe(200);
  });

  it('close the development mailbox and the metrics', async () => {
    for (const path of ['/metrics', '/dev/mailbox']) {
      expect((await call('auth.example.com', path)).status).toBe(404);
      expect((await call('api.example.com', path)).status).toBe(404);
    }
  });

  it('send each event of the stream at once', async () => {
    const stream = await open('api.example.com', '/api/v1/access-events', {
      headers: { accept: 'text/event-stream' },
    });
    let seen = '';
    for await (const chunk of stream.setEncoding('utf8')) {
      seen += String(chunk);
      if (seen.split('event: current').length > 3) return;
    }
    throw new Error(`the stream ended with ${stream.statusCode}: ${seen}`);
  });

  it('are not reached without TLS', async () => {
    const page = await callPlain('auth.example.com');
    expect(page.statusCode).toBe(308);
    expect(page.headers.location).toBe('https://auth.example.com/a?b=c');
    expect((await callPlain('api.example.com')).statusCode).toBe(403);
    const token = await callPlain('auth.example.com', '/api/auth/oauth2/token', 'POST');
    expect(token.statusCode).toBe(403);
  });

  it('leave no secret of a link in the access log', async () => {
    await call('auth.example.com', '/reset-password?token=a-secret-of-a-link');
    await eventually(() => {
      expect(nginx.accessLog).toContain('"GET /reset-password HTTP/1.1" ');
    });
    expect(nginx.accessLog).not.toContain('a-secret-of-a-link');
  });

  it('answer every request while a replica stops', async () => {
    const statuses: number[] = [];
    const ending = new AbortController();
    const callers = Array.from({ length: CALLERS }, async () => {
      while (!ending.signal.aborted) {
        statuses.push((await call('api.example.com', '/api/v1/users/me')).status);
      }
    });
    expect(await replicas[0]!.stop()).toBe(0);
    const untilStop = statuses.length;
    await call('api.example.com', '/api/v1/users/me');
    ending.abort();
    await Promise.all(callers);
    expect(untilStop).toBeGreaterThan(CALLERS);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('have an answer in the form of the API when no replica is left', async () => {
    await replicas[1]!.crash();
    const api = await call('api.example.com', '/api/v1/users/me');
    expect(api).toMatchObject({
      status: 503,
      headers: { 'content-type': 'application/problem+json', 'retry-after': '2' },
    });
    expect(JSON.parse(api.text)).toMatchObject({ status: 503, title: 'Service Unavailable' });
    await auth.crash();
    expect(
      await call('auth.example.com', '/reset-password?token=a-secret-of-a-link'),
    ).toMatchObject({
      status: 503,
      headers: { 'content-type': 'text/plain', 'retry-after': '2' },
      text: expect.stringContaining('Try again'),
    });
    expect(nginx.errorLog).not.toContain('a-secret-of-a-link');
  });
});
