import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import request from 'supertest';
import { STYLE_SHEET_PATH } from '../../auth-server/pages/common/style-sheet';
import { STYLE_SHEET } from '../../runtime/pages/style-sheet';
import { INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { linkTo, type DatabaseLink } from '../support/auth-server/database-link';
import { PASSWORD, type SignedIn } from '../support/auth-server/harness';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';

let server: InProcessAuthServer;
let user: SignedIn;

describe('any request', () => {
  beforeAll(async () => {
    server = await startInProcess();
    user = await server.signUp('ann@example.com');
  });
  afterAll(() => server.stop());

  it('ends with its connection when the client does not read the responses', async () => {
    expect(server.http.timeout).toBe(15_000);
    server.http.timeout = 300;
    const accepted = once(server.http, 'connection') as Promise<[Socket]>;
    const client = connect(Number(new URL(server.url).port), '127.0.0.1').pause();
    client.on('error', () => {});
    const [connection] = await accepted;
    server.http.timeout = 15_000;
    const closed = once(connection, 'close');
    // More than the buffers of both sockets hold.
    client.write(`GET ${STYLE_SHEET_PATH} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(4_000));
    await closed;
    expect(connection.bytesWritten).toBeLessThan(4_000 * STYLE_SHEET.length);
    client.destroy();
  });

  it('is served after a connection could not be accepted', () => {
    server.http.emit('error', new Error('accept EMFILE'));
    expect(server.log.at(-1)).toContain('a connection could not be accepted');
  });

  it('has a response with security headers', async () => {
    const { headers } = await server.get('/');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  it.each(['abc-123', 'a:b.c_d', 'x'.repeat(128)])('keeps the request id %s', async (id) => {
    const { headers } = await server.get('/health/live', { 'x-request-id': id });
    expect(headers['x-request-id']).toBe(id);
  });

  it.each(['', 'a b', 'x'.repeat(129), '<script>'])(
    'gets a new request id instead of %j',
    async (id) => {
      const { headers } = await server.get('/api/auth/ok', { 'x-request-id': id });
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('is logged in one line without credentials', async () => {
    server.log.length = 0;
    await server.get('/api/auth/token?secret=in-the-query', {
      ...user.bearer,
      'x-request-id': 'r1',
    });
    await server.get('/api/auth/reset-password/in-the-path?callbackURL=/');
    const lineOf = (path: string) =>
      server.log.map((line) => JSON.parse(line)).find((line) => line.path?.startsWith(path));
    // A line is written after the response.
    await eventually(() => expect(lineOf('/api/auth/reset-password')).toBeDefined());
    const [token, reset] = [lineOf('/api/auth/token'), lineOf('/api/auth/reset-password')];
    expect(token).toMatchObject({
      requestId: 'r1',
      method: 'GET',
      path: '/api/auth/token',
      status: 200,
      ms: expect.any(Number),
    });
    expect(reset.path).toBe('/api/auth/reset-password/***');
    const log = server.log.join('');
    for (const secret of [user.sessionToken, 'in-the-query', 'in-the-path']) {
      expect(log).not.toContain(secret);
    }
  });

  it('of an endpoint that is switched off has a body as well', async () => {
    const { body, status } = await server.post('/api/auth/delete-user', {}, user.bearer);
    expect([status, body]).toEqual([404, { code: 'NOT_FOUND', message: expect.any(String) }]);
  });

  it.each(['/nothing', '/api/auth', '/api/auth/nothing', '/API/AUTH/ok', '/api/auth/%ff', '/%ff'])(
    'for %s is 404, in JSON',
    async (path) => {
      const { body } = await server.get(path).expect(404).expect('content-type', /json/);
      expect(body).toEqual({ code: 'NOT_FOUND', message: expect.any(String) });
    },
  );

  it('is limited in size, with and without Content-Length', async () => {
    const { port } = new URL(server.url);
    const body = JSON.stringify({ email: 'x'.repeat(100_000) });
    for (const headers of [
      { 'content-length': String(body.length) },
      { 'transfer-encoding': 'chunked' },
    ]) {
      const sent = httpRequest({
        port,
        method: 'POST',
        path: '/api/auth/sign-in/email',
        headers: { 'content-type': 'application/json', ...headers },
      }).end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      answer.resume();
      expect(answer.statusCode).toBe(413);
    }
  });

  it('can have no body where none is needed', async () => {
    await request(server.url).post('/api/auth/sign-out').set(user.bearer).expect(200);
  });

  it.each([
    ['a=b', 'application/x-www-form-urlencoded', 400],
    ['<a/>', 'application/xml', 415],
    ['\u0000', 'application/json', 400],
  ])('with the body %j as %s is refused', async (body, type, status) => {
    const sent = request(server.url).post('/api/auth/sign-in/email').type(type).send(body);
    const answer = await sent.expect(status);
    expect(answer.body.code).toEqual(expect.any(String));
    expect(answer.text).not.toMatch(/stack|node_modules|at /);
  });
});

describe('in production', () => {
  beforeAll(async () => {
    server = await startInProcess({
      NODE_ENV: 'production',
      AUTH_URL: 'https://auth.example',
      API_URL: 'https://api.example',
      REQUIRE_EMAIL_VERIFICATION: 'false',
    });
  });
  afterAll(() => server.stop());

  it('cookies are Secure and limited to the host', async () => {
    const body = { email: 'ann@example.com', password: PASSWORD, name: 'Ann' };
    const { headers } = await server.post('/api/auth/sign-up/email', body).expect(200);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Secure-better-auth\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
      expect.stringMatching(
        /^__Secure-better-auth\.known_device=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    expect(headers['strict-transport-security']).toContain('max-age=');
  });

  it('a client that tries many passwords gets Retry-After, for every claimed IP address', async () => {
    const attempt = (count: number, headers = {}) =>
      server.post(
        '/api/auth/sign-in/email',
        { email: 'ann@example.com', password: 'not it' },
        { 'x-forwarded-for': `203.0.113.${count}`, ...headers },
      );
    const answers: request.Response[] = [];
    // Six attempts are checked. More are possible only when a second or more passes in between.
    while (answers.length < 20 && answers.at(-1)?.status !== 429) {
      answers.push(await attempt(answers.length));
    }
    const refused = answers.at(-1)!;
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const other = {
      'x-gatehouse-internal-key': INTERNAL_SECRET,
      'x-gatehouse-client-address': '198.51.100.8',
    };
    expect((await attempt(9, other)).status).toBe(401);
  });
});

describe('with the database unavailable', () => {
  let database: TestDatabase;
  let link: DatabaseLink;

  beforeAll(async () => {
    database = await createTestDatabase();
    link = await linkTo(database.url);
    server = await startInProcess({ DATABASE_URL: link.url });
    user = await server.signUp('ann@example.com');
    await link.cut();
  });
  afterAll(async () => {
    await server.stop();
    await link.cut();
    await database.drop();
  });

  it('is live, not ready, and names the missing part', async () => {
    await server.get('/health/live').expect(200, { status: 'ok' });
    await server.get('/health/ready').expect(503, {
      status: 'unavailable',
      checks: { database: { status: 'unavailable' }, signingKeys: { status: 'unavailable' } },
    });
  });

  it('returns 503 within seconds, and does not treat a session as ended', async () => {
    const start = Date.now();
    const body = { email: 'ann@example.com', password: PASSWORD };
    const answers = await Promise.all([
      server.get('/api/auth/token', user.bearer),
      server.get('/api/auth/get-session', { cookie: user.cookie }),
      server.get('/api/auth/jwks'),
      server.post('/api/auth/sign-in/email', body),
      server.post('/api/auth/sign-up/email', { ...body, name: 'Ann' }),
    ]);
    for (const { status, body: answer, headers } of answers) {
      expect([status, answer.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
      expect(headers).toHaveProperty('retry-after');
      expect(headers).not.toHaveProperty('set-cookie');
    }
    const took = Date.now() - start;
    process.stdout.write(`an unreachable database: 503 after ${took} ms\n`);
    // A busy host needs more time.
    expect(took).toBeLessThan(20_000);
  });

  it('recovers without a restart', async () => {
    await link.restore();
    await server.get('/health/ready').expect(200);
    await server.get('/api/auth/token', user.bearer).expect(200);
  });
});
