import request from 'supertest';
import {
  PASSWORD,
  startAuthServer,
  type RunningAuthServer,
  type SignedIn,
} from '../support/auth-server/harness';

const OWN_ORIGIN = 'http://localhost:3000';
const FOREIGN_ORIGIN = 'https://evil.example';

let server: RunningAuthServer;
let user: SignedIn;

describe('a browser', () => {
  beforeAll(async () => {
    server = await startAuthServer({ TRUSTED_ORIGINS: `https://app.example,${OWN_ORIGIN}` });
    user = await server.signUp('ann@example.com');
  });
  afterAll(() => server.stop());

  it.each([
    ['without an Origin', {}],
    ['from a foreign origin', { origin: FOREIGN_ORIGIN }],
    ['from a null origin', { origin: 'null' }],
    ['from an origin that begins like ours', { origin: `${OWN_ORIGIN}.evil.example` }],
  ])('with a cookie is refused for %s', async (_title, headers) => {
    const sent = { ...headers, cookie: user.cookie };
    await server.post('/api/auth/update-user', { name: 'Changed' }, sent).expect(403);
    await server.post('/api/auth/sign-out', {}, sent).expect(403);
    await server.get('/api/auth/token', user.bearer).expect(200);
  });

  it('cannot sign in from a foreign page', async () => {
    const body = { email: 'ann@example.com', password: PASSWORD };
    const crossSite = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    await server.post('/api/auth/sign-in/email', body, { origin: FOREIGN_ORIGIN }).expect(403);
    await server.post('/api/auth/sign-in/email', body, crossSite).expect(403);
    const signUp = { ...body, email: 'new@example.com', name: 'New' };
    for (const headers of [{ origin: FOREIGN_ORIGIN }, crossSite]) {
      await server.post('/api/auth/sign-up/email', signUp, headers).expect(403);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['somewhere', { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' }],
    ['nowhere', { origin: 'null' }],
    ['a session', { cookie: 'a=b' }],
  ])('cannot sign in from %s without an origin', async (_title, headers) => {
    const body = { email: 'ann@example.com', password: PASSWORD };
    const sent = { 'sec-fetch-mode': 'cors', ...headers };
    await server.post('/api/auth/sign-in/email', body, sent).expect(403);
  });

  it.each([OWN_ORIGIN, 'http://localhost:8000', 'https://app.example'])(
    'with a cookie is accepted from %s',
    async (origin) => {
      const headers = { origin, cookie: user.cookie };
      await server.post('/api/auth/update-user', { name: 'Changed' }, headers).expect(200);
    },
  );

  it('is not redirected to a foreign page', async () => {
    const body = { email: 'ann@example.com', password: PASSWORD, callbackURL: FOREIGN_ORIGIN };
    await server.post('/api/auth/sign-in/email', body).expect(403);
  });

  it('can read responses from a listed origin, with credentials', async () => {
    const { headers } = await server.get('/api/auth/ok', { origin: 'https://app.example' });
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(headers['access-control-expose-headers']).toContain('set-auth-token');
  });

  it.each([FOREIGN_ORIGIN, 'null', 'https://app.example.evil.example', 'https://APP.example'])(
    'cannot read responses from %s',
    async (origin) => {
      for (const path of ['/api/auth/ok', '/health/live', '/nothing']) {
        const { headers } = await server.get(path, { origin });
        expect(headers['access-control-allow-origin']).toBeUndefined();
        expect(headers.vary).toBe('Origin');
      }
    },
  );

  it('gets a response to its preflight, which allows the headers of its libraries', async () => {
    const asked = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,dpop,baggage',
    };
    const preflight = request(server.url)
      .options('/api/auth/sign-in/email')
      .set({ origin: 'https://app.example', ...asked });
    const { headers } = await preflight.expect(204);
    expect(headers['access-control-allow-origin']).toBe('https://app.example');
    expect(headers['access-control-allow-headers']).toBe('content-type,dpop,baggage');
    expect(headers.vary).toContain('Access-Control-Request-Headers');
    const foreign = request(server.url)
      .options('/api/auth/ok')
      .set({ origin: FOREIGN_ORIGIN, ...asked });
    expect((await foreign.expect(204)).headers).not.toHaveProperty('access-control-allow-headers');
  });

  it.each([
    ['without Origin', { 'access-control-request-method': 'POST' }],
    ['without a requested method', { origin: 'https://app.example' }],
  ])('gets no preflight response %s', async (_title, headers) => {
    const answer = await request(server.url).options('/api/auth/nowhere').set(headers);
    expect(answer.status).toBe(404);
    expect(answer.headers).not.toHaveProperty('access-control-allow-methods');
  });
});
