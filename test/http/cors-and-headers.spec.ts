import { send, type RawAnswer, type RawRequest } from '../support/raw-http';
import { type SignedInUser, System } from '../support/system';

const APP = 'https://app.example.com';
const ME = '/api/v1/users/me';

/** One request for each kind of response. */
const KINDS: [string, RawRequest, number][] = [
  ['a success', { path: '/' }, 200],
  ['the profile', { path: ME }, 200],
  ['a missing token', { path: '/api/v1/auth/session' }, 401],
  ['a missing role', { path: '/api/v1/admin/users' }, 403],
  ['nothing there', { path: '/nowhere' }, 404],
  ['a wrong method', { method: 'DELETE', path: '/health/live' }, 405],
  ['a broken address', { path: '/api/v1/users/%zz' }, 400],
  ['an address that is too long', { path: `/api/v1/users/${'a'.repeat(201)}` }, 414],
  ['broken JSON', { method: 'POST', path: '/api/v1/auth/sign-in', body: '{' }, 400],
  [
    'a body that is too large',
    { method: 'POST', path: '/api/v1/auth/sign-in', body: ' '.repeat(100_001) },
    413,
  ],
  ['a wrong value', { method: 'POST', path: '/api/v1/auth/sign-in', body: '{}' }, 422],
  ['readiness', { path: '/health/ready' }, 200],
  ['the documentation', { path: '/docs' }, 200],
  ['a part of the documentation', { path: '/docs/swagger-ui.css' }, 200],
  ['nothing there in the documentation', { path: '/docs/nothing.js' }, 404],
  ['the document', { path: '/openapi.json' }, 200],
  ['a meaning', { path: '/problems/not_found' }, 200],
  ['the auth server', { path: '/api/auth/ok' }, 200],
  ['nothing there in the auth server', { path: '/api/auth/nowhere' }, 404],
  [
    'a refusal of the auth server',
    { method: 'POST', path: '/api/auth/sign-in/email', body: '{}' },
    400,
  ],
  ['a path out of the auth server', { path: '/api/auth/../x' }, 400],
];

let system: System;
let user: SignedInUser;

beforeAll(async () => {
  system = await System.start({ env: { TRUSTED_ORIGINS: `${APP},http://localhost:5173` } });
  user = await system.asUser();
});

afterAll(() => system.stop());

/** As the user on profile and admin routes, without a token elsewhere. */
function ask(asked: RawRequest, headers: Record<string, string> = {}): Promise<RawAnswer> {
  const knows = asked.path === ME || asked.path.startsWith('/api/v1/admin');
  return send(system.apiUrl, {
    ...asked,
    headers: {
      ...(knows && { authorization: `Bearer ${user.accessToken}` }),
      ...(asked.body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
  });
}

describe('a page of another origin', () => {
  const corsHeadersOf = ({ headers }: RawAnswer) =>
    Object.fromEntries(
      ['origin', 'credentials', 'expose-headers']
        .map((name) => [
          name,
          headers[`access-control-allow-${name}`] ?? headers[`access-control-${name}`],
        ])
        .filter(([, values]) => values !== undefined),
    ) as Record<string, string[]>;

  it.each(KINDS)(
    'can read %s when it is trusted, with credentials',
    async (_title, asked, status) => {
      const answer = await ask(asked, { origin: APP });
      expect(answer.status).toBe(status);
      // A malformed request has no origin; its response is readable by no origin.
      if (asked.path.includes('%zz') || status === 414) return;
      expect(corsHeadersOf(answer)).toEqual({
        origin: [APP],
        credentials: ['true'],
        'expose-headers': [
          expect.stringMatching(/\bAllow\b.*\bWWW-Authenticate\b.*\bX-Request-Id\b/),
        ],
      });
      expect(answer.headers.vary!.join()).toMatch(/\bOrigin\b/);
    },
  );

  it('can read responses of both processes when it is the URL of one, which the list need not name', async () => {
    const urls = [system.apiUrl, system.settings.authUrl];
    for (const origin of urls) {
      for (const base of urls) {
        const answer = await send(base, { path: '/api/auth/ok', headers: { origin } });
        expect(corsHeadersOf(answer)).toMatchObject({ origin: [origin] });
      }
      expect(corsHeadersOf(await ask({ path: ME }, { origin }))).toMatchObject({
        origin: [origin],
      });
    }
  });

  it.each([
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://evil.app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com:443',
    'http://app.example.com',
    'https://app.example.com/',
    'https://APP.example.com',
    'https://app.example.com, https://evil.example',
    'https://example.com',
    'http://localhost:5174',
    'http://127.0.0.1:5173',
    'null',
    '*',
    '',
  ])('cannot read a response when it is %s', async (origin) => {
    for (const [, asked] of KINDS) {
      const { headers } = await ask(asked, { origin });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  const preflight = (path: string, origin: string, method: string) =>
    send(system.apiUrl, {
      method: 'OPTIONS',
      path,
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization, content-type, if-match',
      },
    });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'gets a successful preflight for %s when it is trusted',
    async (method) => {
      for (const path of [ME, '/nowhere', '/api/auth/sign-in/email']) {
        const { status, headers, text } = await preflight(path, APP, method);
        expect({ status, text }).toEqual({ status: 204, text: '' });
        expect(headers['access-control-allow-origin']).toEqual([APP]);
        expect(headers['access-control-allow-credentials']).toEqual(['true']);
        expect(headers['access-control-allow-methods']!.join()).toContain(method);
        expect(headers['access-control-allow-headers']).toEqual([
          'authorization, content-type, if-match',
        ]);
        expect(headers['access-control-max-age']).toEqual(['600']);
        expect(headers['x-request-id']).toHaveLength(1);
      }
    },
  );

  it('gets no successful preflight when it is not trusted', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      for (const path of [ME, '/api/auth/sign-in/email']) {
        const { headers } = await preflight(path, origin, 'PATCH');
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
    }
  });
});

/** Headers that every response carries. */
function expectGuarded({ headers }: RawAnswer): void {
  const policy = headers['content-security-policy']!.join();
  expect(policy).toMatch(/default-src '(self|none)'/);
  expect(policy).toMatch(/frame-ancestors 'none'/);
  expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*|http:/);
  expect(headers).toMatchObject({
    'x-content-type-options': ['nosniff'],
    'x-frame-options': ['DENY'],
    'referrer-policy': ['no-referrer'],
    'cross-origin-opener-policy': ['same-origin'],
    'cross-origin-resource-policy': ['same-origin'],
    'x-request-id': [expect.any(String)],
  });
  for (const name of ['server', 'x-powered-by', 'x-aspnet-version', 'via']) {
    expect(headers[name]).toBeUndefined();
  }
}

describe('every response', () => {
  it.each(KINDS)('has the security header: %s', async (_title, asked, status) => {
    const answer = await ask(asked);
    expect(answer.status).toBe(status);
    expectGuarded(answer);
    expect(answer.headers['strict-transport-security']).toBeUndefined();
    expect(answer.headers['content-security-policy']!.join()).not.toContain('upgrade-insecure');
  });

  // Documents and Swagger UI are stored and checked again by their ETag.
  it.each(KINDS.filter(([, { path }]) => !/^\/(docs|openapi)/.test(path)))(
    'is not cacheable: %s',
    async (_title, asked) => {
      expect((await ask(asked)).headers['cache-control']).toEqual(['no-store']);
    },
  );

  it('has a media type when it has a body', async () => {
    for (const [title, asked] of KINDS) {
      const { headers } = await ask(asked);
      expect({ title, type: headers['content-type'] }).toEqual({
        title,
        type: [expect.stringMatching(/^(application\/(problem\+)?json|text\/(html|css))/)],
      });
    }
  });
});

describe('with https', () => {
  let secure: System;

  beforeAll(async () => {
    secure = await System.start({
      env: { API_URL: 'https://api.example.com', AUTH_INTERNAL_URL: 'http://127.0.0.1:1' },
    });
  });

  afterAll(() => secure.stop());

  it.each(['/', '/nowhere', '/api/v1/users/%zz', '/docs', '/api/auth/ok', ME])(
    'every response has Strict-Transport-Security: %s',
    async (path) => {
      const answer = await send(secure.apiUrl, { path });
      expectGuarded(answer);
      expect(answer.headers['strict-transport-security']).toEqual([
        'max-age=31536000; includeSubDomains',
      ]);
      expect(answer.headers['content-security-policy']!.join()).toContain(
        'upgrade-insecure-requests',
      );
    },
  );
});
