import { once } from 'node:events';
import { connect } from 'node:net';
import { STYLE_SHEET } from '../../runtime/pages/style-sheet';
import { PROBLEM_CODES } from '../../src/common/problems/problem-codes';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import { exchange, send } from '../support/raw-http';
import { InProcessSystem } from '../support/in-process-system';
import { loadNatively } from '../support/native/load';
import { PASSWORD, type SignedInUser } from '../support/system';

const ME = '/api/v1/users/me';
const LIST = '/api/v1/admin/users';
/** Added to times of an idle host. */
const SLOW_HOST_MS = 15_000;
const JSON_TYPE = { 'content-type': 'application/json' };

type Patience = typeof import('../support/native/patience');

const { patience } = loadNatively('test/support/native/patience') as Patience;
const log: string[] = [];

let system: InProcessSystem;
let user: SignedInUser;
let admin: SignedInUser;

beforeAll(async () => {
  // A test measures them.
  patience.isLong = false;
  system = await InProcessSystem.start({ log });
  patience.isLong = true;
  user = await system.asUser({ name: 'Unchanged' });
  admin = await system.asAdmin();
});

afterAll(() => system.stop());

/** Sends bytes as a change of the own profile. */
function patchMe(body: string | Uint8Array, headers: Record<string, string> = JSON_TYPE) {
  const authorization = `Bearer ${user.accessToken}`;
  return send(system.apiUrl, {
    method: 'PATCH',
    path: ME,
    headers: { authorization, ...headers },
    body,
  });
}

async function expectFaults(answer: Parameters<typeof expectProblem>[0], pointers: string[]) {
  const { errors } = expectProblem(answer, 'validation_failed');
  expect(errors!.map(({ pointer }) => pointer)).toEqual(pointers);
  for (const { detail } of errors!) expect(detail).toMatch(/^(Must|Required|Unknown|Not|Name)/);
}

describe('every problem', () => {
  it('has a type URL that explains it', async () => {
    for (const [code, { status, title, meaning }] of Object.entries(PROBLEM_CODES)) {
      const page = await system.asAnonymous().get(`/problems/${code}`);
      expect(page).toMatchObject({ status: 200, body: { code, status, title, meaning } });
    }
    const { type } = expectProblem(await system.asAnonymous().get('/nowhere'), 'not_found');
    expect(type).toBe(`${system.apiUrl}/problems/not_found`);
  });

  it('has for browsers a page in the style of the pages of the auth server', async () => {
    const path = '/problems/not_found';
    const { body } = await system.asAnonymous().get<string>(path, { accept: 'text/html' });
    expect(body).toContain(STYLE_SHEET);
    expect(body).toContain('<p class="brand">');
    expect(body).toContain(PROBLEM_CODES.not_found.meaning);
  });

  it.each(['nothing', 'constructor', '__proto__', 'toString', '%00', 'NOT_FOUND'])(
    'has a page only if it exists: none for %s',
    async (code) => {
      expectProblem(await system.asAnonymous().get(`/problems/${code}`), 'not_found');
    },
  );

  it('has the path of the request as instance, without the query', async () => {
    const answer = await system.asAnonymous().get('/nowhere/at/all?password=secret');
    expect(expectProblem(answer, 'not_found').instance).toBe('/nowhere/at/all');
  });
});

describe('a body', () => {
  it.each([
    ['cut off', '{"name":'],
    ['followed by something else', '{"name":"x"} x'],
    ['with a trailing comma', '{"name":"x",}'],
    ['in single quotes', "{'name':'x'}"],
    ['with NaN', '{"name":NaN}'],
    ['of white space alone', '  \n '],
    ['with the key __proto__', '{"__proto__":{"role":"admin"}}'],
    ['with an escaped __proto__', String.raw`{"__pr\u006fto__":{"role":"admin"}}`],
    ['with a nested __proto__', '{"name":{"a":[{"__proto__":1}]}}'],
    ['with a prototype below constructor', '{"constructor":{"prototype":{"role":"admin"}}}'],
    ['with a byte that is no UTF-8', Buffer.from('7b226e616d65223a22ff227d', 'hex')],
    ['with an overlong encoding', Buffer.from('7b226e616d65223a22c0af227d', 'hex')],
    ['with a surrogate as three bytes', Buffer.from('7b226e616d65223a22eda080227d', 'hex')],
    ['with a field twice', '{"name":"x","name":"y"}'],
    ['with a field twice, spelt in two ways', String.raw`{"name":"x","n\u0061me":"x"}`],
    ['in UTF-16', Buffer.from('\ufeff{"name":"x"}', 'utf16le')],
  ])('%s is malformed', async (_title, body) => {
    expectProblem(await patchMe(body), 'malformed_request');
  });

  it.each([
    ['plain text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a multipart form', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['another JSON', { 'content-type': 'application/merge-patch+json' }],
    ['a longer name', { 'content-type': 'application/jsonp' }],
    ['no media type at all', { 'content-type': 'json' }],
    ['two media types', { 'content-type': 'application/json, text/plain' }],
    ['no declaration', {}],
    ['another charset', { 'content-type': 'application/json; charset=iso-8859-1' }],
    ['a byte that no media type has', { 'content-type': 'application/json\xA0' }],
    ['that byte before a parameter', { 'content-type': 'application/json\xA0;charset=utf-8' }],
    ['UTF-16', { 'content-type': 'application/json;charset="UTF-16"' }],
    ['a compressed body', { ...JSON_TYPE, 'content-encoding': 'gzip' }],
  ])('of type %s is unsupported', async (_title, headers) => {
    expectProblem(await patchMe('{"name":"x"}', headers), 'unsupported_media_type');
  });

  it.each([
    ['in the usual spelling', JSON_TYPE, '{"name":"Unchanged"}'],
    [
      'in another spelling',
      { 'content-type': 'Application/JSON; Charset="UTF-8"' },
      '{"name":"Unchanged"}',
    ],
    ['with a byte order mark', JSON_TYPE, Buffer.from('\ufeff{"name":"Unchanged"}')],
  ])('of JSON type %s is accepted', async (_title, headers, body) => {
    expect((await patchMe(body, headers)).status).toBe(200);
  });

  it('of 100 kB is accepted, one byte more is refused, for every transfer encoding', async () => {
    const body = (size: number) => JSON.stringify({ x: 'a'.repeat(size - 8) });
    await expectFaults(await patchMe(body(100_000)), ['/x']);
    expectProblem(await patchMe(body(100_001)), 'body_too_large');
    const chunked = { ...JSON_TYPE, 'transfer-encoding': 'chunked' };
    await expectFaults(await patchMe(body(100_000), chunked), ['/x']);
    expectProblem(await patchMe(body(100_001), chunked), 'body_too_large');
  });

  it('that is much too large is refused before the upload', async () => {
    const head = [
      `PATCH ${ME} HTTP/1.1`,
      'Host: localhost',
      'Content-Type: application/json',
      'Content-Length: 5000000000',
      'Connection: close',
    ];
    const answer = await exchange(system.apiUrl, `${head.join('\r\n')}\r\n\r\n{`);
    expectProblem(answer, 'body_too_large');
  });

  it('that is missing is an error', async () => {
    await expectFaults(await user.caller.patch(ME), ['']);
    await expectFaults(await patchMe('', {}), ['']);
    await expectFaults(await patchMe(''), ['']);
    const asForm = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' };
    await expectFaults(await patchMe('', asForm), ['']);
  });

  it.each(['null', '[]', '7', '"text"', 'true'])('%s is not an object', async (body) => {
    await expectFaults(await patchMe(body), ['']);
  });

  it.each([101, 49_000])('that is nested %i times is malformed', async (depth) => {
    const list = '['.repeat(depth) + ']'.repeat(depth);
    expectProblem(await patchMe(list), 'malformed_request');
    expectProblem(await patchMe(`{"name":${list}}`), 'malformed_request');
  });

  it('with less nesting is refused by validation', async () => {
    await expectFaults(await patchMe(`{"name":${'['.repeat(99)}${']'.repeat(99)}}`), ['/name']);
  });
});

describe('a field', () => {
  it('that is unknown is refused by name, also a name of Object.prototype', async () => {
    const body = '{"role":"admin","constructor":1,"prototype":2,"a/b~c":3,"":4,"hasOwnProperty":5}';
    const pointers = ['/role', '/constructor', '/prototype', '/a~1b~0c', '/', '/hasOwnProperty'];
    const { errors } = expectProblem(await patchMe(body), 'validation_failed');
    expect(errors!.map(({ pointer }) => pointer).sort()).toEqual(pointers.sort());
  });

  it('in a list of thousands of unknown ones gets a short error', async () => {
    const body = Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`f${index}`, 1]));
    const { errors } = expectProblem(await user.caller.patch(ME, body), 'validation_failed');
    expect(errors).toHaveLength(50);
  });

  it.each([
    ['of another type', { name: 7 }, '/name'],
    ['of null', { name: null }, '/name'],
    ['of a list', { name: ['x'] }, '/name'],
    ['of white space', { name: ' \u3000 ' }, '/name'],
    ['that is too long', { name: 'a'.repeat(201) }, '/name'],
    ['with NUL', { name: 'a\0b' }, '/name'],
    ['with a line break', { name: 'a\nb' }, '/name'],
    ['with half a character', { name: 'a\ud800b' }, '/name'],
    ['that is no address', { image: 'picture' }, '/image'],
    ['that runs code', { image: 'javascript:alert(1)' }, '/image'],
    ['that is a whole picture', { image: 'data:image/png;base64,AAAA' }, '/image'],
    ['that is an address with NUL', { image: 'https://example.com/\0' }, '/image'],
    ['that is an address with half a character', { image: 'https://example.com/\udc00' }, '/image'],
    [
      'that is an address without end',
      { image: `https://example.com/${'a'.repeat(2000)}` },
      '/image',
    ],
  ])('%s is refused', async (_title, body, pointer) => {
    await expectFaults(await user.caller.patch(ME, body), [pointer]);
  });

  it.each([
    ['e-mail with NUL', { email: 'a\0@example.com' }, '/email'],
    ['e-mail that is none', { email: 'a@b@c' }, '/email'],
    ['e-mail without end', { email: `${'a'.repeat(250)}@example.com` }, '/email'],
    ['password of another type', { password: 12345678 }, '/password'],
    ['password that is too short', { password: 'short' }, '/password'],
    ['password that is too long', { password: 'a'.repeat(129) }, '/password'],
    ['name that is missing', { name: undefined }, '/name'],
  ])('of a sign-up is refused: %s', async (_title, change, pointer) => {
    const body = { email: 'new@example.com', password: 'long enough', name: 'New', ...change };
    await expectFaults(await system.asAnonymous().post('/api/v1/auth/sign-up', body), [pointer]);
  });

  it('that was refused has changed nothing', async () => {
    expect((await user.caller.get(ME)).body).toMatchObject({ name: 'Unchanged', image: null });
  });
});

describe('a URL', () => {
  it.each([
    ['limit=1&limit=2', '/limit'],
    ['limit[]=1', '/limit[]'],
    ['search[$ne]=x', '/search[$ne]'],
    ['unknown=1', '/unknown'],
    ['__proto__=1', '/__proto__'],
    ['constructor=1', '/constructor'],
    ['search=%00', '/search'],
    ['search=', '/search'],
    ['role=root', '/role'],
    ['role=ADMIN', '/role'],
    ['banned=1', '/banned'],
    ['emailVerified=TRUE', '/emailVerified'],
    ['sort=password', '/sort'],
    ['sort=createdAt;drop', '/sort'],
    ['include=everything', '/include'],
  ])('with the query %s is refused', async (query, pointer) => {
    await expectFaults(await admin.caller.get(`${LIST}?${query}`), [pointer]);
  });

  it.each(['%zz', '%', 'a%2', '%ff', '%c0%af', '%ed%a0%80', '%E4hnlich'])(
    'with the escape %s in the query is malformed',
    async (text) => {
      const path = `${LIST}?limit=1&search=${text}`;
      expectProblem(await send(system.apiUrl, { path }), 'malformed_request');
      expectProblem(await send(system.apiUrl, { path: `${ME}?${text}=1` }), 'malformed_request');
    },
  );

  it('with a malformed query is passed to the auth server unchanged', async () => {
    const answer = await send(system.apiUrl, { path: '/api/auth/ok?error=%E4hnlich' });
    expect(answer.status).toBe(200);
  });

  it.each(['%zz', '%', '%c0%af', '%ed%a0%80', 'a%2'])(
    'with the escape %s is malformed',
    async (part) => {
      const answer = await send(system.apiUrl, { path: `/api/v1/users/${part}` });
      expectProblem(answer, 'malformed_request');
    },
  );

  it.each(['a.b', 'a%2fb', '%00', '%F0%9F%92%A9', 'a b', "a'--", 'a'.repeat(65)])(
    'with the id %s is refused, with a pointer',
    async (id) => {
      const answer = await send(system.apiUrl, {
        path: `/api/v1/users/${id.replace(' ', '%20')}`,
        headers: { authorization: `Bearer ${user.accessToken}` },
      });
      await expectFaults(answer, ['/id']);
    },
  );

  it.each(['/metrics/', '/Metrics', '/%6detrics', '/%6Detrics?a=b', '//metrics'])(
    'that spells the metrics as %s is not found: a proxy can close the path',
    async (path) => {
      expectProblem(await send(system.apiUrl, { path }), 'not_found');
    },
  );

  it('with a path segment that is too long is refused', async () => {
    expectProblem(await user.caller.get(`/api/v1/users/${'a'.repeat(201)}`), 'uri_too_long');
  });

  it.each([
    '/api/v1/users/me/',
    '/API/v1/users/me',
    '/api/v2/users/me',
    '//api/v1/users/me',
    '/api/v1/users//me',
    '/api/v1/',
  ])('%s, which resembles a route, is unknown', async (path) => {
    expectProblem(await send(system.apiUrl, { path }), 'not_found');
  });

  it('in absolute form is accepted, and its host is ignored', async () => {
    const authorization = `Bearer ${admin.accessToken}`;
    const path = `http://evil.example${LIST}?limit=1`;
    const answer = await send(system.apiUrl, { path, headers: { authorization } });
    expect(answer.status).toBe(200);
    expect(answer.headers.link![0]).toContain(`<${system.apiUrl}${LIST}?limit=1&cursor=`);
    const lost = await send(system.apiUrl, { path: 'HTTPS://evil.example?x' });
    expect(JSON.parse(lost.text)).toMatchObject({ name: 'Gatehouse API' });
  });
});

describe('a method', () => {
  it.each([
    ['POST', ME, ['GET', 'HEAD', 'PATCH', 'DELETE']],
    ['TRACE', ME, ['GET', 'HEAD', 'PATCH', 'DELETE']],
    ['PROPFIND', ME, ['GET', 'HEAD', 'PATCH', 'DELETE']],
    ['GET', '/api/v1/auth/sign-in', ['POST']],
    ['PATCH', '/api/v1/admin/users/some-id/ban', ['PUT', 'DELETE']],
    ['DELETE', '/', ['GET', 'HEAD']],
    // Of the endpoints of the auth server, at least one has each of these.
    ...['PROPFIND', 'QUERY', 'TRACE'].map((method): [string, string, string[]] => [
      method,
      '/api/auth/get-session',
      ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    ]),
  ])('%s of %s is not allowed', async (method, path, others) => {
    const answer = await send(system.apiUrl, { method, path });
    expectProblem(answer, 'method_not_allowed');
    const [allow] = answer.headers.allow!;
    expect(allow!.split(', ').sort()).toEqual([...others, 'OPTIONS'].sort());
  });

  it('of an unknown path is 404', async () => {
    const answer = await send(system.apiUrl, { method: 'POST', path: '/nowhere' });
    expectProblem(answer, 'not_found');
    expect(answer.headers.allow).toBeUndefined();
  });

  it('HEAD returns the headers of GET without the body', async () => {
    const headers = { authorization: `Bearer ${user.accessToken}` };
    const get = await send(system.apiUrl, { path: ME, headers });
    const head = await send(system.apiUrl, { method: 'HEAD', path: ME, headers });
    expect(head).toMatchObject({ status: 200, text: '' });
    for (const name of ['etag', 'content-type', 'content-length', 'cache-control']) {
      expect(head.headers[name]).toEqual(get.headers[name]);
    }
    const refused = await send(system.apiUrl, { method: 'HEAD', path: ME });
    expect(refused).toMatchObject({ status: 401, text: '' });
    expect(refused.headers['www-authenticate']).toEqual([expect.stringMatching(/^Bearer /)]);
  });

  it('OPTIONS returns the methods of a known URL only', async () => {
    const known = await send(system.apiUrl, { method: 'OPTIONS', path: `${ME}?x=1` });
    expect(known).toMatchObject({ status: 204, text: '' });
    expect(known.headers.allow).toEqual(['GET, HEAD, PATCH, DELETE, OPTIONS']);
    for (const path of ['/nowhere', '*']) {
      const unknown = await send(system.apiUrl, { method: 'OPTIONS', path });
      expect(unknown.status).toBe(404);
      expect(unknown.headers).not.toHaveProperty('access-control-allow-methods');
    }
  });
});

describe('a header', () => {
  it('Expect with an unknown value is ignored', async () => {
    const answer = await exchange(
      system.apiUrl,
      `GET ${ME} HTTP/1.1\r\nHost: api\r\nExpect: more\r\nConnection: close\r\n\r\n`,
    );
    expectProblem(answer, 'missing_token');
  });
});

describe('a request that is not valid HTTP', () => {
  const head = 'POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n';

  it.each([
    ['two lengths', `${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
    [
      'a length and chunks',
      `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a length that is none', `${head}Content-Length: -1\r\n\r\n`],
    [
      'a chunk that is none',
      `${head}Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n`,
    ],
    ['a coding after the chunks', `${head}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ['a header folded over two lines', `${head}X-One: a\r\n b\r\n\r\n`],
    ['a space before the colon', `${head}X-One : a\r\n\r\n`],
    ['a bare line feed in a value', `${head}X-One: a\nX-Two: b\r\n\r\n`],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['another version', 'GET / HTTP/3.0\r\nHost: localhost\r\n\r\n'],
  ])('with %s is malformed', async (_title, bytes) => {
    expectProblem(await exchange(system.apiUrl, bytes), 'malformed_request');
  });

  it('without a Host header is refused', async () => {
    const answer = await exchange(system.apiUrl, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
    expectProblem(answer, 'malformed_request');
  });

  it.each([
    ['two hosts', 'Host: localhost\r\nHost: evil.example\r\n'],
    ['the same host twice', 'Host: localhost\r\nhost: localhost\r\n'],
    ['several hosts in one', 'Host: localhost, evil.example\r\n'],
    ['a host that is none', 'Host: <localhost>\r\n'],
    ['a host with a path', 'Host: localhost/evil\r\n'],
    ['a host with a name in front', 'Host: me@localhost\r\n'],
  ])('with %s is refused', async (_title, hosts) => {
    const bytes = `GET / HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`;
    expectProblem(await exchange(system.apiUrl, bytes), 'malformed_request');
  });

  it.each(['', 'localhost:8000', '[::1]:8000', 'api.example.com', 'b%C3%BCcher.example'])(
    'can have the Host "%s"',
    async (host) => {
      const bytes = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      expect((await exchange(system.apiUrl, bytes)).status).toBe(200);
    },
  );

  it('CONNECT is refused', async () => {
    const bytes = 'CONNECT db.internal:5432 HTTP/1.1\r\nHost: db.internal:5432\r\n\r\n';
    expectProblem(await exchange(system.apiUrl, bytes), 'malformed_request');
  });

  it('with headers above 16 kB is refused', async () => {
    const long = 'a'.repeat(17_000);
    const inHeader = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${long}\r\n\r\n`;
    expectProblem(await exchange(system.apiUrl, inHeader), 'headers_too_large');
    const inPath = `GET /${long} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    expectProblem(await exchange(system.apiUrl, inPath), 'headers_too_large');
  });
});

describe('bytes that are not valid HTTP, during an answer,', () => {
  it('end the connection, and nothing is written into the answer', async () => {
    const socket = connect(Number(new URL(system.apiUrl).port), '127.0.0.1');
    const lines = [
      'GET /api/v1/access-events HTTP/1.1',
      'Host: localhost',
      'Accept: text/event-stream',
      `Authorization: Bearer ${admin.accessToken}`,
    ];
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', () => {});
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    await eventually(() => expect(received).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\n/));
    socket.write('not HTTP\r\n\r\n');
    await once(socket, 'close');
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('the request id', () => {
  const idOf = async (path: string, headers: Record<string, string | string[]>) => {
    const answer = await send(system.apiUrl, { path, headers });
    expect(answer.headers['x-request-id']).toHaveLength(1);
    return answer.headers['x-request-id']![0]!;
  };
  const PATHS = [
    '/',
    '/nowhere',
    '/api/v1/users/%zz',
    '/api/auth/ok',
    '/api/auth/nowhere',
    '/docs',
  ];

  it.each(PATHS)('%s is taken from the request when it is valid', async (path) => {
    expect(await idOf(path, { 'x-request-id': 'trace.1:2_3-4' })).toBe('trace.1:2_3-4');
  });

  it.each([
    ['too long', 'a'.repeat(129)],
    ['empty', ''],
    ['of other characters', 'ä'],
    ['of several words', 'a b'],
    ['of markup', '<script>'],
    ['sent twice', ['one', 'two']],
  ])('is generated when it is %s', async (_title, given) => {
    for (const path of PATHS) {
      expect(await idOf(path, { 'x-request-id': given })).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('differs between requests', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => idOf('/', {})));
    expect(new Set(ids).size).toBe(20);
  });
});

describe('an internal error', () => {
  afterEach(() => system.query('ALTER TABLE "user" DROP CONSTRAINT surprise'));

  it('is in the log without secrets of the client, and not in the response', async () => {
    await system.query(
      `ALTER TABLE "user" ADD CONSTRAINT surprise CHECK (name NOT LIKE 'private%')`,
    );
    log.length = 0;
    const { requestId } = expectProblem(
      await user.caller.patch(`${ME}?private=query-value`, { name: 'private-name' }),
      'internal_error',
    );
    const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const line = lines.find(({ code }) => code === 'internal_error');
    expect(line).toMatchObject({ level: 50, requestId, err: { query: expect.any(String) } });
    expect(log.join()).not.toMatch(/private-name|query-value|Bearer/);
    expect(log.join()).not.toContain(user.accessToken.slice(-20));
  });
});

describe('with the auth server unavailable', () => {
  beforeAll(() => system.stopAuthServer());

  afterAll(() => system.startAuthServer());

  it('sign-in, sign-up and refresh return 503 with Retry-After', async () => {
    const { email, refreshToken } = user;
    for (const [path, body] of [
      ['/api/v1/auth/sign-in', { email, password: PASSWORD }],
      ['/api/v1/auth/sign-up', { email: 'late@example.com', password: PASSWORD, name: 'Late' }],
      ['/api/v1/auth/refresh', { refreshToken }],
      ['/api/auth/sign-in/email', { email, password: PASSWORD }],
    ] as const) {
      const answer = await system.asAnonymous().post(path, body);
      expectProblem(answer, 'auth_server_unavailable');
      expect(answer.headers.get('retry-after')).toBe('2');
    }
  });

  it('existing tokens work', async () => {
    expect((await user.caller.get(ME)).status).toBe(200);
    expect((await admin.caller.get(LIST)).status).toBe(200);
    expect((await system.asAnonymous().get('/health/ready')).body).toMatchObject({
      status: 'ok',
      checks: { authServer: { status: 'unavailable' }, database: { status: 'ok' } },
    });
  });
});

describe('with the database unavailable', () => {
  afterEach(() => system.databaseLink.restore());

  /** Every kind of route that needs the database. */
  const calls = () => [
    user.caller.get(ME),
    user.caller.patch(ME, { name: 'Changed' }),
    admin.caller.get(LIST),
    admin.caller.put(`${LIST}/${user.id}/role`, { role: 'admin' }),
  ];

  /** The stated time is that of an idle host. */
  function show(what: string, start: number, withinMs: number): void {
    const took = performance.now() - start;
    process.stdout.write(`${what} after ${Math.round(took)} ms of ${withinMs} ms\n`);
    expect(took).toBeLessThan(withinMs + SLOW_HOST_MS);
  }

  async function expectUnavailable(withinMs: number) {
    const start = performance.now();
    for (const answer of await Promise.all(calls())) {
      expectProblem(answer, 'database_unavailable');
      expect(answer.headers.get('retry-after')).toBe('2');
    }
    show('503', start, withinMs);
    const ready = await system.asAnonymous().get('/health/ready');
    expect(ready).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { database: { status: 'unavailable' } } },
    });
    expect(await system.asAnonymous().get('/health/live')).toMatchObject({ status: 200 });
  }

  async function expectRecovery(withinMs: number) {
    const start = performance.now();
    await eventually(async () => expect((await admin.caller.get(LIST)).status).toBe(200));
    show('recovery', start, withinMs);
    const answers = await Promise.all(Array.from({ length: 20 }, () => admin.caller.get(LIST)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const { status } = await system.asAnonymous().get('/health/ready');
    expect(status).toBe(200);
  }

  it('connections are refused: 503 at once, and recovery without a restart', async () => {
    await system.databaseLink.cut();
    log.length = 0;
    await expectUnavailable(1_000);
    // Each request fails, so each line is short, and a probe has none at the level `info`.
    const failed = log.filter((line) => line.includes('"code":"database_unavailable"'));
    expect(failed.length).toBeGreaterThan(3);
    expect(failed.filter((line) => !line.includes('"reason":"') || / at /.test(line))).toEqual([]);
    const probes = log.filter((line) => line.includes('"path":"/health/'));
    expect(probes.filter((line) => !line.startsWith('{"level":20,'))).toEqual([]);
    await system.databaseLink.restore();
    // A client that waits for Retry-After succeeds.
    await expectRecovery(2_000);
  });

  it('connections are silent: 503 within seconds, and recovery with another host', async () => {
    // All connections of the pool lead to the lost host.
    await Promise.all(Array.from({ length: 20 }, () => admin.caller.get(LIST)));
    system.databaseLink.blackHole();
    await expectUnavailable(7_000);
    await system.databaseLink.restore({ giveUpOld: true });
    // The first query that times out closes all silent connections.
    await expectRecovery(5_000);
  });

  it('queries are slow: requests succeed', async () => {
    system.databaseLink.delay(100);
    expect((await user.caller.patch(ME, { name: 'Unchanged' })).status).toBe(200);
  });

  it('a refused request has no effect', async () => {
    expect((await user.caller.get(ME)).body).toMatchObject({ name: 'Unchanged', role: 'user' });
  });
});
