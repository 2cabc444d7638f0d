import { createHmac } from 'node:crypto';
import request from 'supertest';
import type { Step } from '../../auth-server/app-steps';
import { swapped } from '../support/swap';
import { INTERNAL_SECRET } from '../support/auth-server/auth-settings';
import { PASSWORD } from '../support/auth-server/harness';
import { startInProcess } from '../support/auth-server/in-process';
import { loadNatively } from '../support/native/load';

type AppSteps = typeof import('../../auth-server/app-steps');

const { toApp } = loadNatively('auth-server/app-steps') as AppSteps;

const EMAIL = 'steps@example.com';
const FORGED = '203.0.113.66';
const ORIGIN = 'http://localhost:8000';
const SIGN_IN = '/api/auth/sign-in/email';

const SECRET = 'the current secret of the order of steps';
const FORMER_SECRET = 'the former secret of the order of steps';

type App = ReturnType<typeof toApp>;
type PublicLimits = typeof import('../../auth-server/limits/public-limits');

let server: Awaited<ReturnType<typeof startInProcess>>;

beforeAll(async () => {
  server = await startInProcess({
    BETTER_AUTH_SECRET: FORMER_SECRET,
    BETTER_AUTH_SECRETS: `2:${SECRET},1:${FORMER_SECRET}`,
  });
  await server.signUp(EMAIL);
});
afterAll(() => server.stop());

function appWithSwapped(first: string, second: string, steps = server.steps): App {
  const named = (name: string) => (step: Step) => step.name === name;
  return toApp(swapped(steps, named(first), named(second)));
}

/** The steps with a public limit of one request. */
function limitedSteps(): Step[] {
  const { limitPublicRequests } = loadNatively('auth-server/limits/public-limits') as PublicLimits;
  const isEndpoint = (path: string) => path.startsWith('/api/auth/');
  const settings = { rateLimits: { quotas: 1 / 3_000, guesses: 1 }, secretVersions: null };
  const limit = limitPublicRequests({ ...settings, betterAuthSecret: SECRET }, isEndpoint);
  return server.steps.map((step) =>
    step.name === 'public limits' ? { ...step, handlers: [limit] } : step,
  );
}

const signIn = (app: App, headers = {}) =>
  request(app).post(SIGN_IN).set(headers).send({ email: EMAIL, password: PASSWORD });
const tooLong = (app: App, headers = {}) =>
  request(app)
    .post(SIGN_IN)
    .set(headers)
    .send({ email: 'x'.repeat(200_000) });
const preflight = (app: App) =>
  request(app).options(SIGN_IN).set({ origin: ORIGIN, 'access-control-request-method': 'POST' });

async function accessToken(app: App): Promise<string> {
  const { body } = await signIn(app);
  const authorization = `Bearer ${body.token}`;
  const answer = await request(app).get('/api/auth/token').set({ authorization });
  return answer.body.token;
}

/** The token of a session, as an auth server with the former secret has signed it. */
async function formerToken(app: App): Promise<string> {
  const { body } = await signIn(app);
  return `${body.token}.${createHmac('sha256', FORMER_SECRET).update(body.token).digest('base64')}`;
}

/** The second request of a client to a path without a route. */
async function secondOfMany(app: App) {
  const get = () => request(app).get('/no-such-path').set({ origin: ORIGIN });
  await get();
  return get();
}

const FROM_API = { 'x-gatehouse-internal-key': INTERNAL_SECRET };
const listSessions = (app: App, token: string, headers = {}) =>
  request(app)
    .get('/api/auth/list-sessions')
    .set({ 'x-gatehouse-caller-token': token, ...headers });

async function addressOfSession(app: App): Promise<unknown> {
  await signIn(app, { 'x-gatehouse-resolved-address': FORGED });
  const { rows } = await server.sql.query(
    'SELECT ip_address AS address FROM session ORDER BY created_at DESC LIMIT 1',
  );
  return rows[0].address;
}

/** Each effect is true in the order of the app, and false after the swap. */
const PAIRS: [string, string, string, (app: App) => Promise<boolean>][] = [
  [
    'request log',
    'cross-origin rules',
    'a preflight answer has a request id',
    async (app) => 'x-request-id' in (await preflight(app)).headers,
  ],
  [
    'request target',
    'better-auth',
    'a path with an encoded separator is refused',
    async (app) => {
      const path = '/api/auth/reset-password/a%2fb?callbackURL=/';
      return (await request(app).get(path)).status === 400;
    },
  ],
  [
    'client address',
    'better-auth',
    'a forged IP address does not reach the session',
    async (app) => (await addressOfSession(app)) !== FORGED,
  ],
  [
    'caller session',
    'better-auth',
    'the API acts within the session of an access token',
    async (app) => (await listSessions(app, await accessToken(app), FROM_API)).status === 200,
  ],
  [
    'client address',
    'caller session',
    'an access token is no session for another caller',
    async (app) => (await listSessions(app, await accessToken(app))).status === 401,
  ],
  [
    'former secrets',
    'better-auth',
    'a token of a former secret is valid',
    async (app) => {
      const authorization = `Bearer ${await formerToken(app)}`;
      return (await request(app).get('/api/auth/list-sessions').set({ authorization })).ok;
    },
  ],
  [
    'former secrets',
    'pages',
    'a page accepts the cookie of a former secret',
    async (app) => {
      const token = encodeURIComponent(await formerToken(app));
      const cookie = `better-auth.session_token=${token}`;
      return (await request(app).get('/sign-in').set({ cookie })).status === 303;
    },
  ],
  [
    'fetch metadata',
    'better-auth',
    "Node's fetch signs in",
    async (app) => (await signIn(app, { 'sec-fetch-mode': 'cors' })).status === 200,
  ],
  [
    'security headers',
    'cross-origin rules',
    'a preflight answer has security headers',
    async (app) => 'x-content-type-options' in (await preflight(app)).headers,
  ],
  [
    'cross-origin rules',
    'better-auth',
    'a page of a trusted origin reads the answer',
    async (app) => {
      const { headers } = await signIn(app, { origin: ORIGIN });
      return headers['access-control-allow-origin'] === ORIGIN;
    },
  ],
  [
    'body',
    'better-auth',
    'a body over the limit is refused',
    async (app) => (await tooLong(app)).status === 413,
  ],
  [
    'body',
    'caller session',
    'a body over the limit is refused before the access token is verified',
    async (app) => {
      const headers = { ...FROM_API, 'x-gatehouse-caller-token': 'no token' };
      return (await tooLong(app, headers)).status === 413;
    },
  ],
  [
    'request log',
    'errors',
    'the refusal of a body is JSON',
    async (app) => (await tooLong(app)).type === 'application/json',
  ],
  [
    'pages',
    'not found',
    'the sign-in page is found',
    async (app) => (await request(app).get('/sign-in')).status === 200,
  ],
];

const LIMIT_PAIRS: typeof PAIRS = [
  [
    'client address',
    'public limits',
    'requests of one address are limited',
    async (app) => (await secondOfMany(app)).status === 429,
  ],
  [
    'cross-origin rules',
    'public limits',
    'a page of a trusted origin reads the refusal',
    async (app) => 'access-control-allow-origin' in (await secondOfMany(app)).headers,
  ],
];

describe('the order of the Express steps', () => {
  it.each(LIMIT_PAIRS)('"%s" before "%s": %s', async (first, second, _effect, holds) => {
    await expect(holds(toApp(limitedSteps()))).resolves.toBe(true);
    await expect(holds(appWithSwapped(first, second, limitedSteps()))).resolves.toBe(false);
  });

  it.each(PAIRS)('"%s" before "%s": %s', async (first, second, _effect, holds) => {
    await expect(holds(toApp(server.steps))).resolves.toBe(true);
    await expect(holds(appWithSwapped(first, second))).resolves.toBe(false);
  });
});

describe('a call of the API for a user', () => {
  const listAs = (token: string) => listSessions(toApp(server.steps), token, FROM_API);

  it.each([
    ['without a signature', (token: string) => token.replace(/[^.]*$/, '')],
    ['with another subject', (token: string) => withPayload(token, { sub: 'another' })],
    ['that is no JWT', () => 'no token'],
  ])('is refused with an access token %s', async (_title, change) => {
    const answer = await listAs(change(await accessToken(toApp(server.steps))));
    expect(answer).toMatchObject({ status: 401, body: { code: 'SESSION_ENDED' } });
  });

  it('is refused after the end of the session', async () => {
    const token = await accessToken(toApp(server.steps));
    await server.sql.query('DELETE FROM session');
    expect(await listAs(token)).toMatchObject({ status: 401, body: { code: 'SESSION_ENDED' } });
  });
});

function withPayload(token: string, change: object): string {
  const [header, payload, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url');
  return [header, changed, signature].join('.');
}
