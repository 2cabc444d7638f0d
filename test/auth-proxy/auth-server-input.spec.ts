import { type RawAnswer, send } from '../support/raw-http';
import { PASSWORD, System } from '../support/system';

const SIGN_IN = '/api/auth/sign-in/email';
const JSON_TYPE = 'application/json';
const GOOD = JSON.stringify({ email: 'nobody@example.com', password: PASSWORD });

let system: System;

beforeAll(async () => {
  system = await System.start({ env: { RATE_LIMITS: 'off' } });
});

afterAll(() => system.stop());

/** To the auth server through the API, like a client. */
function post(body: string | Uint8Array, type = JSON_TYPE): Promise<RawAnswer> {
  const headers = { 'content-type': type };
  return send(system.apiUrl, { method: 'POST', path: SIGN_IN, headers, body });
}

function expectRefusal({ status, headers, text }: RawAnswer, expected: object): void {
  const { code } = JSON.parse(text) as { code: string };
  expect({ status, code }).toEqual(expected);
  expect(headers['content-type']![0]).toMatch(/^application\/json/);
  expect(text).not.toMatch(/node_modules|\bat \S+ \(|SELECT|TypeError|JSON at position/);
}

const UNREADABLE = { status: 400, code: 'BAD_REQUEST' };
const NOT_STORABLE = { status: 400, code: 'INVALID_VALUE' };
const INVALID = { status: 400, code: 'VALIDATION_ERROR' };
const WRONG_TYPE = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' };

describe('a body for the auth server', () => {
  it.each([
    ['that is cut off', '{"email":', UNREADABLE],
    ['that is no JSON', 'email=a', UNREADABLE],
    ['with something after its end', `${GOOD} x`, UNREADABLE],
    ['of blanks', '  ', UNREADABLE],
    ['with a field twice', '{"email":"a@example.com","email":"b@example.com"}', UNREADABLE],
    ['that opens without end', '['.repeat(50_000), UNREADABLE],
    ['that is no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), UNREADABLE],
    ['with half a character', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), UNREADABLE],
    ['with a NUL', `{"email":"a\\u0000@example.com","password":"${PASSWORD}"}`, NOT_STORABLE],
    ['that is null', 'null', INVALID],
    ['that is a list', '[]', INVALID],
    ['that is nested deeply', '['.repeat(5_000) + ']'.repeat(5_000), UNREADABLE],
    ['without its fields', '{}', INVALID],
    ['with fields of other types', '{"email":{"a":1},"password":[]}', INVALID],
    ['with a prototype', '{"__proto__":{"email":"a@example.com"}}', INVALID],
    ['with a query of the provider that is no text', '{"oauth_query":[1]}', UNREADABLE],
  ])('%s is refused as that', async (_title, body, expected) => {
    expectRefusal(await post(body), expected);
  });

  it('that is larger than 100 kB is refused', async () => {
    const body = JSON.stringify({ email: 'a'.repeat(100_000) });
    expectRefusal(await post(body), { status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  it.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
  ])('of type %s is refused', async (type) => {
    expectRefusal(await post(GOOD, type), WRONG_TYPE);
  });

  it.each(['application/json; charset=UTF-8', 'Application/JSON'])(
    'of type %s is accepted',
    async (type) => {
      expect((await post(GOOD, type)).status).toBe(401);
    },
  );
});

describe('credentials of an OAuth client with a NUL', () => {
  const path = '/api/auth/oauth2/token';
  const type = 'application/x-www-form-urlencoded';

  it('are refused in the form', async () => {
    const body = 'grant_type=client_credentials&client_id=%00&client_secret=a';
    const headers = { 'content-type': type };
    expectRefusal(await send(system.apiUrl, { method: 'POST', path, headers, body }), NOT_STORABLE);
  });

  it('are refused in the header', async () => {
    const authorization = `Basic ${Buffer.from('a\0:b').toString('base64')}`;
    const headers = { 'content-type': type, authorization };
    const body = 'grant_type=client_credentials';
    const { status, text } = await send(system.apiUrl, { method: 'POST', path, headers, body });
    expect({ status, isRefused: status === 400 || status === 401, text }).toEqual({
      status,
      isRefused: true,
      text,
    });
  });
});

describe('a method that the auth server does not support', () => {
  it.each(['TRACE', 'PATCH', 'PROPFIND'])('%s is refused', async (method) => {
    const { status, text } = await send(system.apiUrl, { method, path: SIGN_IN });
    expect({ isRefused: status === 404 || status === 405, text }).toEqual({
      isRefused: true,
      text,
    });
  });
});

describe('a URL of the auth server', () => {
  it.each([
    ['a NUL in its query', '/api/auth/verify-email?token=%00', NOT_STORABLE],
    ['a NUL in its path', '/api/auth/reset-password/%00?callbackURL=/', NOT_STORABLE],
  ])('with %s is refused', async (_title, path, expected) => {
    expectRefusal(await send(system.apiUrl, { path }), expected);
  });

  it.each([
    '/api/auth/get-session?a=%zz',
    '/api/auth/get-session?disableCookieCache=1&disableCookieCache=2',
    '/api/auth/get-session?disableCookieCache[]=1',
    '/api/auth/callback/%F0%9F%92%A9',
    '/api/auth/callback/__proto__',
    `/api/auth/callback/${'a'.repeat(3_000)}`,
    '/api/auth/%e0%a4%a',
    '/api/auth/constructor',
  ])('%s does not cause a server error', async (path) => {
    const { status, text } = await send(system.apiUrl, { path });
    expect({ path, failed: status >= 500, text }).toEqual({ path, failed: false, text });
  });
});
