import { send } from '../support/raw-http';
import { type SignedInUser, System } from '../support/system';

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';

/** Headers that the processes read, or pass on. */
const NAMES = [
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'authorization',
  'content-type',
  'cookie',
  'host',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'origin',
  'range',
  'referer',
  'traceparent',
  'user-agent',
  'x-forwarded-for',
  'x-request-id',
];

/** The usual beginning of a value, so that a parser reads on. */
const BEGINNINGS: Record<string, string> = {
  authorization: 'Bearer a.e30.a',
  'content-type': 'application/json',
  cookie: 'better-auth.session_token=a',
  host: 'localhost',
  'if-match': '"a"',
  origin: 'http://localhost',
  referer: 'http://localhost/',
  'x-forwarded-for': '192.0.2.7',
};

const ENDINGS = [
  '\xA0',
  '\xA0;charset=utf-8',
  '\x80\xFF',
  '\tx',
  '%E0%A4%A',
  '"',
  '[',
  'x'.repeat(6_000),
];

interface Route {
  of: 'api' | 'auth';
  method?: string;
  path: string;
  type?: string;
  body?: string;
  isSignedIn?: boolean;
}

const ROUTES: Route[] = [
  { of: 'api', path: '/' },
  { of: 'api', path: '/api/v1/users/me', isSignedIn: true },
  { of: 'api', method: 'POST', path: '/api/v1/auth/sign-in', type: JSON_TYPE, body: '{"a":1}' },
  {
    of: 'api',
    method: 'PATCH',
    path: '/api/v1/users/me',
    isSignedIn: true,
    type: JSON_TYPE,
    body: '{"name":"A Person"}',
  },
  { of: 'api', method: 'POST', path: '/api/auth/oauth2/introspect', type: FORM, body: 'token=a' },
  { of: 'api', path: '/api/auth/get-session' },
  {
    of: 'api',
    method: 'POST',
    path: '/api/auth/sign-in/email',
    type: JSON_TYPE,
    body: '{"a":1}',
  },
  { of: 'auth', method: 'POST', path: '/api/auth/oauth2/token', type: FORM, body: 'a=1' },
  { of: 'auth', path: '/api/auth/oauth2/authorize?client_id=a&response_type=code' },
  { of: 'auth', method: 'POST', path: '/sign-in', type: FORM, body: 'email=a' },
];

let system: System;
let user: SignedInUser;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
  user = await system.asUser();
});
afterAll(() => system.stop());

function toHeaders({ type, isSignedIn }: Route, unusual: Record<string, string>) {
  return {
    ...(type !== undefined && { 'content-type': type }),
    ...(isSignedIn && { authorization: `Bearer ${user.accessToken}` }),
    ...unusual,
  };
}

it.each(NAMES)('no value of the header %s is an internal error', async (name) => {
  const found: string[] = [];
  for (const ending of ENDINGS) {
    const value = `${BEGINNINGS[name] ?? ''}${ending}`;
    const answers = ROUTES.map(async (route) => {
      const base = route.of === 'api' ? system.apiUrl : system.settings.authUrl;
      const { status } = await send(base, {
        ...route,
        headers: toHeaders(route, { [name]: value }),
      });
      if (status >= 500) found.push(`${status} of ${route.path} for ${JSON.stringify(value)}`);
    });
    await Promise.all(answers);
  }
  expect(found).toEqual([]);
});

it.each([
  ...['token', 'introspect', 'revoke', 'authorize', 'end-session', 'userinfo'].map(
    (name) => [`/oauth2/${name}`, FORM, 'token=a&token=b'] as const,
  ),
  ['/sign-out', JSON_TYPE, '{"oauth_query":[1]}'] as const,
  ['/sign-in/email', JSON_TYPE, '{"email":"a@example.com","email":"b@example.com"}'] as const,
])(
  '%s refuses a body whose media type has a blank of Unicode around it',
  async (path, type, body) => {
    for (const written of [`${type}\xA0`, `\xA0${type}`, `${type}\xA0;charset=utf-8`]) {
      const { status } = await send(system.settings.authUrl, {
        method: 'POST',
        path: `/api/auth${path}`,
        headers: { 'content-type': written },
        body,
      });
      expect([written, status]).toEqual([written, 415]);
    }
  },
);

it.each(['token', 'introspect', 'revoke', 'userinfo', 'authorize', 'end-session'])(
  '/oauth2/%s reads a form by its media type, not by a parameter of it',
  async (name) => {
    const ask = async (type: string) => {
      const { status, text } = await send(system.settings.authUrl, {
        method: 'POST',
        path: `/api/auth/oauth2/${name}`,
        headers: { 'content-type': type },
        body: 'token=a&response_type=code',
      });
      return { status, text };
    };
    const asForm = await ask(FORM);
    expect(asForm.status).toBeLessThan(500);
    for (const other of ['text/plain', 'multipart/form-data; boundary=x']) {
      expect(await ask(`${FORM}; a=b, ${other}`)).toEqual(asForm);
      const { status } = await ask(`${other}; a=b, ${FORM}`);
      expect([other, status]).toEqual([other, 415]);
    }
  },
);
