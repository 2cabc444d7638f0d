import type request from 'supertest';
import {
  type InProcessAuthServer,
  startInProcess,
} from '../support/auth-server/in-process-auth-server';
import { PASSWORD, type SignedIn } from '../support/auth-server/harness';
import { startClock, stopClock } from '../support/clock';
import { passSteps } from '../second-factor/authenticator-app';
import {
  cookiesOf,
  enrol,
  type Enrolled,
  ORIGIN,
  takeFirstStep,
  takeSecondStep,
} from '../second-factor/second-step';
import { SoftwareAuthenticator } from '../passkeys/software-authenticator';
import { decodeJwtPayload } from '../../runtime/tokens/jwt-payload';

const SOCIAL = { GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'secret' };

let server: InProcessAuthServer;
let ada: SignedIn;
let admin: SignedIn;
let eve: Enrolled;
const device = new SoftwareAuthenticator(ORIGIN);

beforeAll(async () => {
  stopClock();
  server = await startInProcess(SOCIAL);
  ada = await server.signUp('ada@example.com');
  admin = await server.signInAdmin();
  eve = await enrol(server, 'eve@example.com');
});

afterAll(async () => {
  startClock();
  await server.stop();
});

/** The cookies that the server signs, by the end of their name. */
const NAMES = [
  'session_token',
  'dont_remember',
  'state',
  'two_factor',
  'trust_device',
  'admin_session',
  'better-auth-passkey',
  'session_token.oauth_logout_confirmation',
] as const;

type Name = (typeof NAMES)[number];

/** What a browser gets, as `name=value; name=value`. */
const SOURCES: Record<Name, () => Promise<string>> = {
  session_token: () => Promise.resolve(ada.cookie),
  dont_remember: async () => {
    const body = { email: 'ada@example.com', password: PASSWORD, rememberMe: false };
    return cookiesOf(await server.post('/api/auth/sign-in/email', body));
  },
  state: async () =>
    cookiesOf(await server.post('/api/auth/sign-in/social', { provider: 'github' })),
  two_factor: () => takeFirstStep(server, eve.email),
  trust_device: async () => {
    passSteps(1);
    const cookies = await takeFirstStep(server, eve.email);
    return cookiesOf(
      await takeSecondStep(server, { cookies, code: eve.app.code(), trustDevice: true }),
    );
  },
  admin_session: async () =>
    cookiesOf(await post('/admin/impersonate-user', { userId: ada.userId }, admin.cookie)),
  'better-auth-passkey': async () =>
    cookiesOf(await get('/passkey/generate-authenticate-options', '')),
  'session_token.oauth_logout_confirmation': async () =>
    cookiesOf(
      await server.get('/api/auth/oauth2/end-session', { cookie: ada.cookie, ...NAVIGATION }),
    ),
};

const NAVIGATION = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

const post = (path: string, body: object, cookie: string) =>
  server.post(`/api/auth${path}`, body, { cookie, origin: ORIGIN });

const get = (path: string, cookie: string) =>
  server.get(`/api/auth${path}`, { cookie, origin: ORIGIN });

interface Reader {
  title: string;
  /** The cookie that it reads. */
  name: Name;
  /** @param cookies with one of another purpose. @param value the text that was signed. */
  ask: (cookies: string, value: string) => Promise<request.Response>;
  expectRefused: (answer: request.Response) => void;
}

const expectStatus =
  (...statuses: number[]) =>
  (answer: request.Response) => {
    expect(statuses).toContain(answer.status);
    expect(cookiesOf(answer)).not.toContain('session_token=');
  };

async function ceremony(kind: 'register' | 'authenticate', cookies: string) {
  const session = kind === 'register' ? ada.cookie : '';
  const { body } = await get(`/passkey/generate-${kind}-options`, session);
  const response = kind === 'register' ? device.create(body as never) : device.get(body as never);
  const verb = kind === 'register' ? 'registration' : 'authentication';
  return post(`/passkey/verify-${verb}`, { response, name: 'key' }, `${session}; ${cookies}`);
}

const READERS: Reader[] = [
  {
    title: 'a request of a session',
    name: 'session_token',
    ask: (cookies) => get('/list-sessions', cookies),
    expectRefused: expectStatus(401),
  },
  {
    title: 'the callback of a provider',
    name: 'state',
    ask: (cookies, value) =>
      get(`/callback/github?code=a&state=${encodeURIComponent(value)}`, cookies),
    expectRefused: (answer) => {
      expectStatus(302)(answer);
      expect(answer.headers.location).toMatch(/[?&]error=/);
    },
  },
  {
    title: 'the second step with a code',
    name: 'two_factor',
    ask: (cookies) => post('/two-factor/verify-totp', { code: eve.app.code() }, cookies),
    expectRefused: expectStatus(401),
  },
  {
    title: 'the second step with a recovery code',
    name: 'two_factor',
    ask: (cookies) =>
      post('/two-factor/verify-backup-code', { code: eve.recoveryCodes[0]! }, cookies),
    expectRefused: expectStatus(401),
  },
  {
    title: 'a sign-in on a trusted device',
    name: 'trust_device',
    ask: (cookies) => post('/sign-in/email', { email: eve.email, password: PASSWORD }, cookies),
    expectRefused: ({ status, body }) => {
      expect([status, body.twoFactorRedirect]).toEqual([200, true]);
    },
  },
  {
    title: 'the end of an impersonation',
    name: 'admin_session',
    ask: async (cookies) => {
      const acting = cookiesOf(
        await post('/admin/impersonate-user', { userId: ada.userId }, admin.cookie),
      );
      const session = acting.split('; ').find((text) => text.includes('session_token='))!;
      return post('/admin/stop-impersonating', {}, `${session}; ${cookies}`);
    },
    // The client is signed out.
    expectRefused: (answer) => {
      expectStatus(200)(answer);
      expect(answer.body).toEqual({ session: null, user: null });
    },
  },
  {
    title: 'a sign-in with a passkey',
    name: 'better-auth-passkey',
    ask: (cookies) => ceremony('authenticate', cookies),
    expectRefused: expectStatus(400),
  },
  {
    title: 'the registration of a passkey',
    name: 'better-auth-passkey',
    ask: (cookies) => ceremony('register', cookies),
    expectRefused: expectStatus(400),
  },
  {
    title: 'the confirmation of a sign-out',
    name: 'session_token.oauth_logout_confirmation',
    ask: (cookies) =>
      post('/oauth2/end-session/confirm', {}, `${ada.cookie}; ${cookies}`)
        .type('form')
        .send({ action: 'confirm' }),
    expectRefused: expectStatus(400),
  },
];

/** `dont_remember` is no proof: it shortens a session. */
const CASES = READERS.flatMap((reader) =>
  NAMES.filter((name) => name !== reader.name).map((name) => ({ ...reader, from: name })),
);

/** The signed value of a cookie, as it is in the header. */
async function signedValue(name: Name): Promise<string> {
  const cookies = (await SOURCES[name]()).split('; ');
  const cookie = cookies.findLast((text) => text.split('=', 1)[0]!.endsWith(name));
  if (cookie === undefined) throw new Error(`no cookie ${name}: ${cookies.join()}`);
  return cookie.slice(cookie.indexOf('=') + 1);
}

describe('a signed cookie is not accepted in the place of another one', () => {
  it.each(CASES)('$from at $title', async ({ from, name, ask, expectRefused }) => {
    const signed = await signedValue(from);
    const [text] = decodeURIComponent(signed).split(/\.(?=[^.]*$)/);
    expectRefused(await ask(`better-auth.${name}=${signed}`, text!));
  });
});

it('a challenge of a passkey does not use up the sign-in that waits for its second step', async () => {
  const signed = await signedValue('two_factor');
  const refused = await ceremony('authenticate', `better-auth.better-auth-passkey=${signed}`);
  expect(refused.body.code).toBe('CHALLENGE_NOT_FOUND');
  passSteps(1);
  const cookies = `better-auth.two_factor=${signed}`;
  const answer = await takeSecondStep(server, { cookies, code: eve.app.code() });
  expect(answer.status).toBe(200);
});

it('the table contains every signed cookie', () => {
  const names = READERS.map(({ name }) => name);
  expect(new Set([...names, 'dont_remember'])).toEqual(new Set(NAMES));
});

it('of two sessions each reader uses the first, also when its cookie is not valid', async () => {
  const ben = await server.signUp('ben@example.com');
  for (const [first, second] of [
    [ada, ben],
    [ben, ada],
  ] as const) {
    const cookies = `${first.cookie}; ${second.cookie}`;
    const name = `First ${first.userId}`;
    await post('/update-user', { name }, cookies).expect(200);
    const { body } = await get('/get-session', cookies).expect(200);
    expect(body.user).toMatchObject({ id: first.userId, name });
    const { body: issued } = await get('/token', cookies).expect(200);
    expect(decodeJwtPayload(issued.token).sub).toBe(first.userId);
    const { rows } = await server.sql.query(
      `SELECT subject_id FROM audit_event WHERE action = 'user.updated' ORDER BY id DESC LIMIT 1`,
    );
    expect(rows).toEqual([{ subject_id: first.userId }]);
  }
  const [name] = ada.cookie.split('=');
  await get('/list-sessions', `${name}=forged; ${ada.cookie}`).expect(401);
});
