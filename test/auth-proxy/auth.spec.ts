import { Caller } from '../support/caller';
import { expectProblem } from '../support/problems';
import { send } from '../support/raw-http';
import { RecordingServer } from '../support/servers/recording-server';
import { PASSWORD, System } from '../support/system';

/** A busy host needs more time. Without a limit of the API there is no response at all. */
const SLOW_HOST = 3;

describe('the auth routes with invalid input', () => {
  let system: System;

  beforeAll(async () => {
    system = await System.start();
  });

  afterAll(() => system.stop());

  it('refuse a NUL in a password as invalid input or wrong password, without a server error', async () => {
    const { email } = await system.asUser();
    const password = 'a\0bcdefgh';
    const anonymous = system.asAnonymous();
    const signIn = await anonymous.post('/api/v1/auth/sign-in', { email, password });
    expect([401, 422]).toContain(signIn.status);
    const body = { email: 'new@example.com', name: 'New', password };
    expectProblem(await anonymous.post('/api/v1/auth/sign-up', body), 'validation_failed');
  });

  it('report a taken address only when the address is taken, in both processes', async () => {
    await system.query(`ALTER TABLE "user" ADD CONSTRAINT broken CHECK (name <> 'Broken')`);
    try {
      const body = { email: 'broken@example.com', name: 'Broken', password: PASSWORD };
      const answer = await system.asAnonymous().post('/api/v1/auth/sign-up', body);
      expectProblem(answer, 'auth_server_failed');
      const direct = new Caller(system.settings.authUrl);
      expect(await direct.post('/api/auth/sign-up/email', body)).toMatchObject({
        status: 500,
        body: { code: 'INTERNAL_SERVER_ERROR' },
      });
    } finally {
      await system.query('ALTER TABLE "user" DROP CONSTRAINT broken');
    }
  });

  it.each([
    '',
    ' ',
    'a',
    'a\nb',
    'ａ',
    'a\0b',
    '\ud800',
    '😀',
    'a.b',
    'a'.repeat(513),
    'a'.repeat(90_000),
  ])('refuse the refresh token %j with 401', async (refreshToken) => {
    const answer = await system.asAnonymous().post('/api/v1/auth/refresh', { refreshToken });
    expectProblem(answer, 'invalid_refresh_token');
  });

  it.each([null, 7, ['a'], {}])('refuse the refresh token %j as invalid input', async (value) => {
    const body = { refreshToken: value };
    const answer = await system.asAnonymous().post('/api/v1/auth/refresh', body);
    expectProblem(answer, 'validation_failed');
  });

  it('keep an administrator for every request to the auth server', async () => {
    const admin = await system.asAdmin();
    const headers = { authorization: `Bearer ${admin.refreshToken}` };
    const body = { userId: admin.id, role: 'user' };
    await system.asAnonymous().post('/api/auth/admin/set-role', body, headers);
    const rows = await system.query(`SELECT id FROM "user" WHERE role = 'admin'`);
    await system.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [admin.id]);
    expect(rows).toHaveLength(1);
  });

  it.each([
    ['a name without end', { name: 'a'.repeat(50_000) }],
    ['a name with a line break', { name: 'a\nb' }],
    ['a name of half a character', { name: '\ud800' }],
    ['a picture that runs code', { image: 'javascript:alert(1)' }],
  ])('do not accept %s through the auth server either', async (_title, change) => {
    const user = await system.asUser();
    const headers = { authorization: `Bearer ${user.refreshToken}` };
    const { status } = await system.asAnonymous().post('/api/auth/update-user', change, headers);
    expect(status).toBe(400);
  });
});

describe('a passed-through response', () => {
  let upstream: RecordingServer;
  let system: System;

  beforeAll(async () => {
    upstream = await RecordingServer.start();
    system = await System.start({ env: { AUTH_INTERNAL_URL: upstream.url } });
  });

  afterEach(() => upstream.reset());

  afterAll(async () => {
    await system.stop();
    await upstream.stop();
  });

  it('loses its hop-by-hop headers (RFC 9110, section 7.6.1)', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(200, { connection: 'x-for-this-hop, close', 'x-for-this-hop': '1' }).end();
    };
    const { headers } = await send(system.apiUrl, { path: '/api/auth/ok' });
    expect(headers['x-for-this-hop']).toBeUndefined();
  });

  it('loses the access token that is meant for the API', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(200, { 'x-gatehouse-access-token': 'a token' }).end();
    };
    const { status, headers } = await send(system.apiUrl, { path: '/api/auth/ok' });
    expect(status).toBe(200);
    expect(headers['x-gatehouse-access-token']).toBeUndefined();
  });

  it.each(['/api/auth/sign-in/email', '/api/v1/auth/sign-in'])(
    '%s is 503 within 5 seconds when the auth server does not answer',
    async (path) => {
      upstream.answer = () => {};
      const begin = performance.now();
      const answer = await send(system.apiUrl, {
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ann@example.com', password: PASSWORD }),
      });
      const took = performance.now() - begin;
      process.stdout.write(`a silent auth server: 503 after ${Math.round(took)} ms\n`);
      expect(took).toBeLessThan(5_000 * SLOW_HOST);
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'auth_server_unavailable' });
      expect(answer.headers['retry-after']).toHaveLength(1);
    },
  );
});
