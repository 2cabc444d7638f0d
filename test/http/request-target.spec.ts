import { type RunningAuthServer, startAuthServer } from '../support/auth-server/harness';
import { exchange, send } from '../support/raw-http';

let server: RunningAuthServer;

beforeAll(async () => {
  server = await startAuthServer();
});
afterAll(() => server.stop());

/** Each leads to `/api/auth/ok` or out of `/api/auth` in one of the readers of URLs. */
const AMBIGUOUS = [
  '/api/auth/./ok',
  '/api/auth/%2e/ok',
  '/api/auth/.%2E/auth/ok',
  '/api/auth/x/../ok',
  '/x/%2e%2e/api/auth/ok',
  '/x/..%2fapi/auth/ok',
  '/api/auth/..',
  '/api/auth//ok',
  '//api/auth/ok',
  '/api\\auth\\ok',
  '/x\\..\\api/auth/ok',
  '/api/auth%2Fok',
  '/api%5cauth/ok',
  '/api/auth/%256fk',
  '/api/auth/ok%00',
  '/api/auth/ok%0a',
  '/api/auth/ok?a=%00',
  '/api/auth/ok#fragment',
  '/api/auth/ok?a=b#fragment',
  '/api/auth/ok%',
  '/api/auth/ok%2',
  '/api/auth/{ok}',
  '/api/auth/ok|',
  '/sign-in%00',
  '/./sign-in',
  '//sign-in',
];

/** Paths that every reader understands in the same way: as a path of nothing. */
const UNKNOWN = [
  '/api/auth/ok/',
  '/api/auth/OK',
  '/API/auth/ok',
  '/api/Auth/ok',
  '/api/auth/%6fk',
  '/api/auth/ok;a=b',
  '/api/auth/...',
  '/%61pi/auth/ok',
  // A proxy that closes `/metrics` does not close other spellings.
  '/metrics/',
  '/Metrics',
  '/HEALTH/ready',
  '/health/ready/',
  '/sign-in/',
  '/Sign-In',
];

describe('the target of a request', () => {
  it.each(AMBIGUOUS)('%s is refused', async (path) => {
    const { status, text, headers } = await send(server.url, { path });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      { code: expect.any(String), message: expect.any(String) },
    ]);
    expect(headers['x-request-id']).toBeDefined();
  });

  it.each(UNKNOWN)('%s is not found', async (path) => {
    expect((await send(server.url, { path })).status).toBe(404);
  });

  it.each(['http://localhost/api/auth/ok', 'https://localhost/sign-in', '*', 'api/auth/ok'])(
    'is refused as %s, which is not in origin form',
    async (target) => {
      const bytes = `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`;
      expect((await exchange(server.url, bytes)).status).toBe(400);
    },
  );

  it.each([
    ['two hosts', 'host: localhost\r\nhost: evil.example\r\n'],
    ['a host with a name in front', 'host: me@localhost\r\n'],
    ['a host that is none', 'host: a b\r\n'],
    ['two tokens', 'host: localhost\r\nauthorization: Bearer a\r\nAuthorization: Bearer b\r\n'],
    ['two media types', 'host: localhost\r\ncontent-type: a/b\r\ncontent-type: c/d\r\n'],
  ])('is refused with %s', async (_title, hosts) => {
    const bytes = `GET /api/auth/ok HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`;
    expect((await exchange(server.url, bytes)).status).toBe(400);
  });

  it.each(['/api/auth/ok', '/api/auth/ok?a=%2F..%2f&b=//', '/sign-in?next=/./x', '/'])(
    '%s is served',
    async (path) => {
      expect((await send(server.url, { path })).status).toBe(200);
    },
  );

  it('that is refused makes no label of the metrics', async () => {
    await send(server.url, { path: '/a/./made-up-label' });
    const { text } = await send(server.url, { path: '/metrics' });
    expect(text).toContain('route="unmatched"');
    expect(text).not.toContain('made-up-label');
  });
});

describe('HEAD', () => {
  it.each(['/', '/sign-in', '/health/live', '/api/auth/ok', '/api/auth/jwks', '/api/auth/error'])(
    'of %s is answered as GET, without content',
    async (path) => {
      const [head, get] = await Promise.all([
        send(server.url, { path, method: 'HEAD' }),
        send(server.url, { path }),
      ]);
      expect([head.status, head.text]).toEqual([get.status, '']);
      expect(head.headers['content-type']).toEqual(get.headers['content-type']);
    },
  );
});

describe('a method', () => {
  it.each([
    ['HEAD', '/sign-out', 'POST, OPTIONS'],
    ['GET', '/sign-in/email', 'POST, OPTIONS'],
    ['PUT', '/callback/google', 'GET, POST, HEAD, OPTIONS'],
    ['PROPFIND', '/get-session', 'GET, POST, HEAD, OPTIONS'],
    ['DELETE', '/jwks', 'GET, HEAD, OPTIONS'],
    ['TRACE', '/jwks', 'GET, HEAD, OPTIONS'],
  ])('%s that %s does not have is answered with 405 and Allow', async (method, path, allow) => {
    const { status, headers } = await send(server.url, { path: `/api/auth${path}`, method });
    expect([status, headers.allow]).toEqual([405, [allow]]);
  });

  it.each([
    ['PUT', '/health/live'],
    ['POST', '/.well-known/openid-configuration'],
    ['DELETE', '/.well-known/ssf-configuration'],
    ['PROPFIND', '/metrics'],
    ['TRACE', '/'],
    ['QUERY', '/dev/mailbox'],
  ])('%s of %s, which is only read, is answered with 405 and Allow', async (method, path) => {
    const { status, headers, text } = await send(server.url, { path, method });
    expect([status, headers.allow]).toEqual([405, ['GET, HEAD, OPTIONS']]);
    expect(JSON.parse(text)).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  it.each(['PUT', 'TRACE', 'OPTIONS'])('%s of an unknown page is not found', async (method) => {
    for (const path of ['/unknown', '/health', '/health/live/', '/.well-known/unknown']) {
      const { status, headers } = await send(server.url, { path, method });
      expect([path, status, headers.allow]).toEqual([path, 404, undefined]);
    }
  });

  it.each(['PUT', 'TRACE', 'OPTIONS', 'HEAD'])(
    '%s of an unknown path is not found',
    async (method) => {
      // The last one is an endpoint that only the server itself calls.
      for (const path of ['/unknown', '/callback/a/b', '/sign-jwt']) {
        const { status, headers } = await send(server.url, { path: `/api/auth${path}`, method });
        expect([path, status, headers.allow]).toEqual([path, 404, undefined]);
      }
    },
  );

  it('OPTIONS is answered with the methods of the path', async () => {
    const options = { path: '/api/auth/sign-in/email', method: 'OPTIONS' };
    const { status, headers } = await send(server.url, options);
    expect([status, headers.allow]).toEqual([204, ['POST, OPTIONS']]);
  });
});
