import { createAuthClient } from 'better-auth/client';
import { jwtClient } from 'better-auth/client/plugins';
import { once } from 'node:events';
import Fastify from 'fastify';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { registerAuthPassThrough } from '../../src/auth-proxy/pass-through';
import type { Problem } from '../../src/common/problems/problem';
import { eventually } from '../support/eventually';
import { Caller } from '../support/caller';
import { createBrowserFetch } from '../support/client/cookie-jar';
import { expectProblem } from '../support/problems';
import { exchange, send, type RawRequest } from '../support/raw-http';
import { RecordingServer } from '../support/servers/recording-server';
import { PASSWORD, System } from '../support/system';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Loopback IP addresses of the simulated clients. */
const CLIENT = '127.0.0.2';
const PROXY = '127.0.0.9';

let system: System;

beforeAll(async () => {
  system = await System.start({ env: { TRUST_PROXY: `${PROXY},10.0.0.0/8` } });
});

afterAll(() => system.stop());

function browserClient() {
  return createAuthClient({
    baseURL: system.apiUrl,
    plugins: [jwtClient()],
    fetchOptions: { customFetchImpl: createBrowserFetch(system.apiUrl) },
  });
}

it.each(['/sign-in/email', '/get-session', '/unknown', '/sign-jwt'])(
  'OPTIONS of %s has the status and the methods that the auth server answers',
  async (path) => {
    const ask = { path: `/api/auth${path}`, method: 'OPTIONS' };
    const direct = await send(system.settings.authUrl, ask);
    const through = await send(system.apiUrl, ask);
    expect([through.status, through.headers.allow]).toEqual([direct.status, direct.headers.allow]);
    expect(through.headers.allow?.join() ?? 'none').toMatch(
      /^none$|^(GET, )?POST, (HEAD, )?OPTIONS$/,
    );
  },
);

describe("Better-Auth's client, through the API", () => {
  it('signs up, has a session and a token that the API accepts, and signs out', async () => {
    const client = browserClient();
    const email = 'browser@example.com';
    const signUp = await client.signUp.email({ email, password: PASSWORD, name: 'Browser' });
    expect(signUp.error).toBeNull();
    expect((await client.getSession()).data?.user.email).toBe(email);
    const token = await client.token();
    const caller = new Caller(system.apiUrl, token.data!.token);
    expect(await caller.get('/api/v1/users/me')).toMatchObject({ status: 200, body: { email } });
    expect((await client.signOut()).data).toEqual({ success: true });
    expect((await client.getSession()).data).toBeNull();
    expectProblem(await caller.get('/api/v1/users/me'), 'invalid_token');
  });

  it("signs in, and gets the auth server's own errors", async () => {
    const { email } = await system.asUser();
    const client = browserClient();
    const wrong = await client.signIn.email({ email, password: 'not the password' });
    expect(wrong.error).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
    const right = await client.signIn.email({ email, password: PASSWORD, rememberMe: false });
    expect(right.data?.user.email).toBe(email);
    expect((await client.getSession()).data?.user.email).toBe(email);
  });

  it('has a session separate from that of another browser', async () => {
    const [one, other] = [browserClient(), browserClient()];
    const { email } = await system.asUser();
    await one.signIn.email({ email, password: PASSWORD });
    expect((await one.getSession()).data).not.toBeNull();
    expect((await other.getSession()).data).toBeNull();
  });
});

describe('a response of the auth server', () => {
  it('arrives unchanged, with each cookie in its own header', async () => {
    const { email } = await system.asUser();
    const signIn = (base: string) =>
      send(base, {
        method: 'POST',
        path: '/api/auth/sign-in/email',
        headers: JSON_TYPE,
        body: JSON.stringify({ email, password: PASSWORD, rememberMe: false }),
      });
    const [direct, through] = [await signIn(system.settings.authUrl), await signIn(system.apiUrl)];
    const cookies = ({ headers }: typeof direct) =>
      headers['set-cookie']!.map((line) => line.replace(/=[^;]+/, '=…')).sort();
    // The session, the flag against persistence, and the known browser.
    expect(cookies(through)).toHaveLength(3);
    expect(cookies(through)).toEqual(cookies(direct));
    expect(through.status).toBe(direct.status);
    expect(Object.keys(JSON.parse(through.text))).toEqual(Object.keys(JSON.parse(direct.text)));
    expect(through.headers['set-auth-token']).toHaveLength(1);
  });

  it('is its own refusal of a body that is too large, also during the upload', async () => {
    const body = Buffer.alloc(8_000_000, ' ');
    for (const headers of [JSON_TYPE, { ...JSON_TYPE, 'transfer-encoding': 'chunked' }]) {
      const sent = { method: 'POST', path: '/api/auth/sign-in/email', headers, body };
      const answer = await send(system.apiUrl, sent);
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    }
    expect((await send(system.apiUrl, { path: '/api/auth/ok' })).status).toBe(200);
  });
});

describe("the client's IP address", () => {
  /** The IP address of the newest session of the user. */
  async function recordedFor(email: string): Promise<string | undefined> {
    const [row] = await system.query<{ ip_address: string }>(
      `SELECT ip_address FROM session JOIN "user" u ON u.id = user_id
        WHERE u.email = $1 ORDER BY session.created_at DESC, session.id LIMIT 1`,
      [email],
    );
    return row?.ip_address;
  }

  /** Signs in by each path, and returns the recorded IP address. */
  async function addressesOf(options: Pick<RawRequest, 'from' | 'headers'>): Promise<unknown[]> {
    const { email } = await system.asUser();
    const seen = [];
    for (const path of ['/api/auth/sign-in/email', '/api/v1/auth/sign-in']) {
      await system.query('DELETE FROM session');
      const { status } = await send(system.apiUrl, {
        method: 'POST',
        path,
        from: options.from,
        headers: { ...JSON_TYPE, ...options.headers },
        body: JSON.stringify({ email, password: PASSWORD }),
      });
      expect(status).toBe(200);
      seen.push(await recordedFor(email));
    }
    return seen;
  }

  it('is that of the connection', async () => {
    expect(await addressesOf({ from: '127.0.0.1' })).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(await addressesOf({ from: CLIENT })).toEqual([CLIENT, CLIENT]);
  });

  it("is not taken from the client's headers", async () => {
    const headers = {
      'x-forwarded-for': ['198.51.100.1', '198.51.100.2'],
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-real-ip': '198.51.100.3',
      'x-client-ip': '198.51.100.3',
      'cf-connecting-ip': '198.51.100.3',
      'true-client-ip': '198.51.100.3',
      forwarded: 'for=198.51.100.4',
      'x-gatehouse-client-address': '198.51.100.5',
      'x-gatehouse-resolved-address': '198.51.100.6',
      'x-gatehouse-internal-key': 'a guess',
    };
    expect(await addressesOf({ from: CLIENT, headers })).toEqual([CLIENT, CLIENT]);
  });

  it('is not taken from headers that the client lists in Connection', async () => {
    const connection =
      'close, x-gatehouse-client-address, x-gatehouse-internal-key, x-forwarded-for';
    expect(await addressesOf({ from: CLIENT, headers: { connection } })).toEqual([CLIENT, CLIENT]);
  });

  it.each([
    ['the only one', '203.0.113.9', '203.0.113.9'],
    ['the last one, after any others', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['the last that is no proxy of ours', '198.51.100.1, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['the whole IPv6 address', '2001:DB8:0::7', '2001:db8::7'],
    ['an IPv4 address in IPv6 clothes', '::ffff:203.0.113.9', '203.0.113.9'],
    ['the client that it names with a port', '198.51.100.7:4711', '198.51.100.7'],
    ['the client that it names in brackets with a port', '[2001:db8::7]:4711', '2001:db8::7'],
    ['the client that it names with a zone id', 'fe80::7%eth0', 'fe80::7'],
    ['the proxy itself, when it names nobody', '', PROXY],
    ['the proxy itself, when it names no address', '203.0.113.9, unknown', PROXY],
  ])('is, behind a trusted proxy, %s', async (_title, forwarded, expected) => {
    const headers = { 'x-forwarded-for': forwarded };
    expect(await addressesOf({ from: PROXY, headers })).toEqual([expected, expected]);
  });

  it('is the same for requests that go to the auth server directly', async () => {
    const { email } = await system.asUser();
    await send(system.settings.authUrl, {
      method: 'POST',
      path: '/api/auth/sign-in/email',
      from: CLIENT,
      headers: {
        ...JSON_TYPE,
        'x-forwarded-for': '198.51.100.1',
        'x-gatehouse-client-address': '198.51.100.1',
      },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    expect(await recordedFor(email)).toBe(CLIENT);
  });
});

describe('the request that reaches the auth server', () => {
  let upstream: RecordingServer;
  let api: System;

  beforeAll(async () => {
    upstream = await RecordingServer.start();
    api = await System.start({ env: { AUTH_INTERNAL_URL: upstream.url } });
  });

  afterEach(() => upstream.reset());

  afterAll(async () => {
    await api.stop();
    await upstream.stop();
  });

  const reached = () => upstream.requests.map(({ method, url }) => `${method} ${url}`);

  const expectSoon = (condition: () => boolean) => eventually(() => expect(condition()).toBe(true));

  it('is unchanged: method, path, query, body and headers', async () => {
    const body = '{"not": "touched"  }';
    const headers = {
      'content-type': 'text/x-anything; a=b',
      cookie: 'a=1; b=2',
      origin: 'https://x.example',
      authorization: 'Bearer x',
      accept: '*/*',
      'user-agent': 'Test/1',
    };
    const path = '/api/auth/some/where?a=1&a=2&b=%2F..%2f&c';
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      await send(api.apiUrl, { method, path, headers, body });
    }
    expect(reached()).toEqual(
      ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} ${path}`),
    );
    for (const { headers: arrived, body: received } of upstream.requests) {
      expect(received).toBe(body);
      for (const [name, value] of Object.entries(headers)) expect(arrived[name]).toEqual([value]);
    }
  });

  it('names the client, the request and the API, once', async () => {
    await send(api.apiUrl, {
      path: '/api/auth/ok',
      from: CLIENT,
      headers: { 'x-request-id': 'one' },
    });
    expect(upstream.requests[0]!.headers).toMatchObject({
      host: [new URL(upstream.url).host],
      'x-request-id': ['one'],
      'x-forwarded-for': [CLIENT],
      'x-gatehouse-client-address': [CLIENT],
      'x-gatehouse-internal-key': [api.settings.internalSecret],
    });
  });

  it('leaves no idle connection that an auth server closes while it stops', async () => {
    const body = JSON.stringify({ email: 'a@example.com', password: PASSWORD });
    const paths = ['/api/auth/sign-in/email', '/api/v1/auth/sign-in'];
    await Promise.all(
      paths.map((path) => send(api.apiUrl, { method: 'POST', path, headers: JSON_TYPE, body })),
    );
    expect(reached().length).toBeGreaterThan(1);
    await eventually(async () => expect(await upstream.countConnections()).toBe(0));
  });

  it('has no hop-by-hop header and no claimed IP address or host', async () => {
    const dropped = {
      connection: 'close, x-for-this-hop',
      'x-for-this-hop': '1',
      'keep-alive': 'timeout=5',
      te: 'trailers',
      upgrade: 'websocket',
      'proxy-authorization': 'Basic eDp5',
      'proxy-connection': 'keep-alive',
      forwarded: 'for=198.51.100.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
      'x-forwarded-port': '1',
      'x-forwarded-prefix': '/evil',
      'x-real-ip': '198.51.100.1',
      'x-gatehouse-anything': '1',
    };
    await send(api.apiUrl, { path: '/api/auth/ok', headers: { ...dropped, 'x-kept': '1' } });
    const { headers } = upstream.requests[0]!;
    expect(headers['x-kept']).toEqual(['1']);
    // The connection to the auth server has its own Connection header.
    for (const name of Object.keys(dropped).filter((each) => each !== 'connection')) {
      expect({ name, values: headers[name] }).toEqual({ name, values: undefined });
    }
    expect(headers.connection).not.toContain('x-for-this-hop');
  });

  it('is streamed while the client still sends the body; the response is streamed too', async () => {
    upstream.answer = (incoming, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      incoming.on('data', (chunk: Buffer) => response.write(`<${chunk.toString()}>`));
      incoming.on('end', () => response.end('.'));
    };
    const outgoing = request(`${api.apiUrl}/api/auth/stream`, { method: 'POST' });
    let answer = '';
    outgoing.on('response', (incoming) =>
      incoming.on('data', (chunk: Buffer) => (answer += chunk.toString())),
    );
    outgoing.write('one');
    await expectSoon(() => answer === '<one>');
    outgoing.write('two');
    await expectSoon(() => answer === '<one><two>');
    outgoing.end();
    await expectSoon(() => answer === '<one><two>.');
  });

  it('does not wait for clients that send their body slowly', async () => {
    const slow = Array.from({ length: 300 }, () => {
      const outgoing = request(`${api.apiUrl}/api/auth/slow`, { method: 'POST' });
      outgoing.on('error', () => {}).write('one');
      return outgoing;
    });
    try {
      await expectSoon(() => reached().length === slow.length);
      expect((await send(api.apiUrl, { path: '/api/auth/ok' })).status).toBe(200);
    } finally {
      for (const outgoing of slow) outgoing.destroy();
    }
  });

  it('gets a response without hop-by-hop headers', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(207, {
        connection: 'close',
        'keep-alive': 'timeout=99',
        'proxy-authenticate': 'Basic',
        upgrade: 'h2c',
        trailer: 'x-late',
        'x-kept': '1',
        'set-cookie': ['a=1; Path=/', 'b=2; Path=/'],
      });
      response.end('{}');
    };
    const { status, headers } = await send(api.apiUrl, { path: '/api/auth/ok' });
    expect(status).toBe(207);
    expect(headers['x-kept']).toEqual(['1']);
    expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; Path=/']);
    for (const name of ['keep-alive', 'proxy-authenticate', 'upgrade', 'trailer']) {
      expect({ name, values: headers[name] }).toEqual({ name, values: undefined });
    }
    expect(headers.connection).toEqual(['close']);
  });

  it('can get a redirect, which the API does not follow', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(302, { location: 'https://provider.example/authorize' }).end();
    };
    const { status, headers } = await send(api.apiUrl, { path: '/api/auth/callback' });
    expect({ status, location: headers.location }).toEqual({
      status: 302,
      location: ['https://provider.example/authorize'],
    });
    expect(reached()).toHaveLength(1);
  });

  it.each([
    '/api/auth/../../health/ready',
    '/api/auth/..',
    '/api/auth/./ok',
    '/api/auth/a/..',
    '/api/auth/%2e%2e/%2E%2E/health/ready',
    '/api/auth/.%2e/health',
    '/api/auth/..%2fhealth',
    '/api/auth/..%5chealth',
    '/api/auth/..\\health',
    '/api/auth/a\\b',
    '/api/auth/%252e%252e/health',
    '/api/auth//health/ready',
    '/api/auth//evil.example/',
    '/api/auth/a//b',
    '/api/auth/...',
    '/api/auth/..;/health',
    '/api/auth/ok#/../../health',
    '/api/auth/ok#fragment',
    '/api/auth/ok?a=b#fragment',
    '/api/auth/"ok"',
    '/api/auth/{ok}',
    '/api/auth/%zz',
    '/api/%61uth/ok',
    '/api/auth',
    '/api/authority/ok',
    '/api/auth;/../health',
    '/API/AUTH/ok',
    '//api/auth/ok',
    '//evil.example/api/auth/ok',
    '/x/../api/auth/ok',
    'http://evil.example/api/auth/../health',
    'http://evil.example//api/auth/ok',
    'ftp://evil.example/api/auth/ok',
    '*',
    'api/auth/ok',
  ])('is not sent for %s', async (path) => {
    const answer = await send(api.apiUrl, { path });
    expect([400, 404]).toContain(answer.status);
    expectProblem(answer, answer.status === 400 ? 'malformed_request' : 'not_found');
    expect(reached()).toEqual([]);
  });

  it('goes to the auth server also when its URL contains another host', async () => {
    const path = 'http://evil.example/api/auth/ok?x=1';
    expect((await send(api.apiUrl, { path })).status).toBe(200);
    expect(reached()).toEqual(['GET /api/auth/ok?x=1']);
  });

  it.each(['a;b', 'a.b', 'a..b', '.a', '%00', '~a', 'a%20b', 'a+b', 'a:b@c', "a'b", '%C3%A4'])(
    'keeps an unusual path: %s',
    async (part) => {
      const path = `/api/auth/${part}`;
      expect((await send(api.apiUrl, { path })).status).toBe(200);
      expect(reached()).toEqual([`GET ${path}`]);
    },
  );

  it.each(['authorization', 'content-type'])('is not sent with two %s headers', async (name) => {
    const lines = [
      'GET /api/auth/ok HTTP/1.1',
      'host: localhost',
      'connection: close',
      `${name}: a/b`,
      `${name}: c/d`,
    ];
    const answer = await exchange(api.apiUrl, `${lines.join('\r\n')}\r\n\r\n`);
    expectProblem(answer, 'malformed_request');
    expect(reached()).toEqual([]);
  });

  it('is aborted when the client disconnects', async () => {
    const abandon = async (answer: RecordingServer['answer'], body?: string) => {
      upstream.reset();
      upstream.answer = answer;
      const outgoing = request(`${api.apiUrl}/api/auth/slow`, { method: body ? 'POST' : 'GET' });
      outgoing.on('error', () => {});
      outgoing.on('response', (incoming) => incoming.on('error', () => {}).resume());
      if (body) outgoing.write(body);
      else outgoing.end();
      await expectSoon(() => upstream.requests.length === 1);
      await pause(50);
      outgoing.destroy();
      await expectSoon(() => upstream.requests[0]!.abandoned);
    };
    // During the response, and during the request body.
    await abandon((_request, response) => void response.write('the beginning of'));
    await abandon(() => {}, 'the beginning of');
  });

  it('can fail: before the response as a problem, within the response as an aborted connection', async () => {
    upstream.answer = (incoming) => incoming.socket.destroy();
    const before = await send(api.apiUrl, { path: '/api/auth/ok' });
    expectProblem(before, 'auth_server_unavailable');
    let breakOff = () => {};
    upstream.answer = (incoming, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('the beginning of');
      breakOff = () => incoming.socket.destroy();
    };
    const outgoing = request(`${api.apiUrl}/api/auth/ok`, { agent: false }).end();
    const [within] = (await once(outgoing, 'response')) as [IncomingMessage];
    breakOff();
    await expect(within.toArray()).rejects.toThrow('aborted');
    upstream.reset();
    expect((await send(api.apiUrl, { path: '/api/auth/ok' })).status).toBe(200);
  });

  it('carries the internal key, which no other receiver gets', async () => {
    const secret = api.settings.internalSecret!;
    upstream.answer = (incoming, response) => {
      incoming.resume();
      response.writeHead(500, { 'x-other': '1' }).end('broken');
    };
    const paths = [
      '/api/auth/ok',
      '/api/auth/..',
      '/',
      '/openapi.json',
      '/health/ready',
      '/nowhere',
    ];
    for (const base of [api.apiUrl, system.apiUrl, system.settings.authUrl]) {
      for (const path of paths) {
        for (const method of ['GET', 'TRACE', 'OPTIONS', 'POST']) {
          const answer = await send(base, { method, path });
          expect(JSON.stringify(answer)).not.toContain(secret);
        }
      }
    }
  });
});

describe('an auth server that ends between the headers and the body of an answer', () => {
  it('is unavailable, also while the answer waits for the changes', async () => {
    let died: Promise<unknown> = Promise.resolve();
    const authServer = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '10', 'set-cookie': 'a=b' }).flushHeaders();
      died = once(response, 'close');
    });
    authServer.listen(0, '127.0.0.1');
    await once(authServer, 'listening');
    const { port } = authServer.address() as AddressInfo;
    const fastify = Fastify();
    fastify.decorate('resolveClientAddress', () => CLIENT);
    fastify.setErrorHandler((error, _request, reply) => {
      const { status = 500, code = String(error) } = error as Partial<Problem>;
      return reply.code(status).send(code);
    });
    registerAuthPassThrough(fastify, {
      settings: { ...system.settings, authInternalUrl: `http://127.0.0.1:${port}` },
      internalSecret: 'x'.repeat(32),
      catchUp: async () => {
        authServer.closeAllConnections();
        await died;
        // Until the API has seen the end of the connection.
        await pause(100);
      },
    });
    const answer = await fastify.inject({ method: 'POST', url: '/api/auth/sign-out' });
    await fastify.close();
    authServer.close();
    expect(answer).toMatchObject({ statusCode: 503, body: 'auth_server_unavailable' });
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});
