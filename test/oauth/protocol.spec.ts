import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { Browser } from './browser';
import { basic, OAuthStage, payloadOf } from './stage';

let stage: OAuthStage;
let browser: Browser;
/** Public. */
let client: NewClient;
let confidential: NewClient;
let serviceAccount: NewClient;

beforeAll(async () => {
  stage = await OAuthStage.start();
  ({ browser } = await stage.user());
  client = await stage.register({ type: 'public' });
  confidential = await stage.register({ type: 'confidential' });
  serviceAccount = await stage.register({ type: 'machine', scopes: ['users:read', 'audit:read'] });
});

afterAll(() => stage.system.stop());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** Sends the form unchanged. */
async function send(
  endpoint: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(stage.at(endpoint), {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body,
  });
  const text = await response.text();
  const parsed = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
  return { status: response.status, headers: response.headers, body: parsed };
}

/** The service account authenticates. */
function asServiceAccount(): Record<string, string> {
  return { authorization: basic(serviceAccount) };
}

describe('the form of a request (RFC 6749, section 3.2)', () => {
  it.each([
    ['grant_type', 'grant_type=client_credentials&grant_type=client_credentials'],
    ['scope', 'grant_type=client_credentials&scope=users:read&scope=audit:read'],
    ['code', 'grant_type=authorization_code&code=a&code=b'],
    ['refresh_token', 'grant_type=refresh_token&refresh_token=a&refresh_token=b'],
    ['made_up', 'grant_type=client_credentials&made_up=1&made_up=2'],
  ])('%s must not occur twice', async (name, body) => {
    const answer = await send('token', body, asServiceAccount());
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    expect(answer.body.error_description).toContain(name);
  });

  it.each(['introspect', 'revoke'])('token must not occur twice at %s', async (endpoint) => {
    const answer = await send(endpoint, 'token=a&token=b', asServiceAccount());
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it('the token must not occur twice at userinfo (RFC 6750, section 3.1)', async () => {
    const { access_token: token } = await stage.tokens(client, browser);
    const answer = await send('userinfo', `access_token=a&access_token=${token}`);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    expect((await send('userinfo', `access_token=${token}&a=`)).status).toBe(200);
  });

  it('is read in ASCII also when another charset is named', async () => {
    const type = `${FORM['content-type']}; charset=ISO-8859-1`;
    const headers = { ...asServiceAccount(), 'content-type': type };
    const answer = await send('token', 'grant_type=client_credentials', headers);
    expect([answer.status, answer.body.token_type]).toEqual([200, 'Bearer']);
  });

  it.each(['token', 'authorize', 'introspect'])(
    'has at most 200 parameters at %s: time grows with the square of their number',
    async (endpoint) => {
      const form = Array.from({ length: 201 }, (_, index) => `p${index}=1`).join('&');
      const { status, body } = await send(endpoint, form, asServiceAccount());
      expect({ status, body }).toMatchObject({
        status: 400,
        body: {
          error: 'invalid_request',
          error_description: 'The form has more than 200 parameters.',
        },
      });
    },
  );

  it('has at most 7,000 characters at authorize: a code keeps its parameters', async () => {
    const refused = {
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'The request has more than 7000 characters.',
      },
    };
    const long = `client_id=${client.clientId}&state=${'s'.repeat(7_000)}`;
    const { status, body } = await send('authorize', long);
    expect({ status, body }).toMatchObject(refused);
    const response = await fetch(`${stage.base}/authorize?${long}`, { redirect: 'manual' });
    expect({ status: response.status, body: await response.json() }).toMatchObject(refused);
  });

  it('can have 199 unknown parameters', async () => {
    const more = Array.from({ length: 199 }, (_, index) => `&p${index}=1`).join('');
    const answer = await send('token', `grant_type=client_credentials${more}`, asServiceAccount());
    expect(answer.status).toBe(200);
  });

  it('accepts several resources, each of which must be known (RFC 8707, section 2)', async () => {
    const ours = `resource=${encodeURIComponent(stage.audience)}`;
    const grant = 'grant_type=client_credentials';
    const same = await send('token', `${grant}&${ours}&${ours}`, asServiceAccount());
    expect(payloadOf(same.body.access_token as string).aud).toBe(stage.audience);
    const other = await send(
      'token',
      `${grant}&${ours}&resource=https://a.example`,
      asServiceAccount(),
    );
    expect([other.status, other.body.error]).toEqual([400, 'invalid_target']);
  });

  it('treats a parameter without a value as missing', async () => {
    const body = 'grant_type=client_credentials&scope=&resource=&client_id=&audience=';
    const answer = await send('token', body, asServiceAccount());
    expect(answer.status).toBe(200);
    expect(answer.body.scope).toBe('users:read audit:read');
    const nothing = await send('token', 'grant_type=&scope=', asServiceAccount());
    expect([nothing.status, nothing.body.error]).toEqual([400, 'invalid_request']);
  });

  it('refuses another client_id than the authenticated one', async () => {
    const grant = 'grant_type=client_credentials';
    const other = await send('token', `${grant}&client_id=${client.clientId}`, asServiceAccount());
    expect([other.status, other.body.error]).toEqual([400, 'invalid_request']);
    const same = await send(
      'token',
      `${grant}&client_id=${serviceAccount.clientId}`,
      asServiceAccount(),
    );
    expect(same.status).toBe(200);
  });

  it('decodes Basic credentials as form values (section 2.3.1)', async () => {
    const inHex = (text: string) =>
      text.replaceAll(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    const text = [serviceAccount.clientId, serviceAccount.clientSecret!].map(inHex).join(':');
    const authorization = `basic ${Buffer.from(text).toString('base64')}`;
    const body = `grant_type=client_credentials&client_id=${serviceAccount.clientId}`;
    expect((await send('token', body, { authorization })).status).toBe(200);
  });

  it.each<[string, (id: string) => string]>([
    ['an ampersand behind it', (id) => `${id}&x`],
    ['a byte order mark before it', (id) => `\uFEFF${id}`],
    ['a letter that is not ASCII', (id) => `${id}é`],
  ])('refuses a client id with %s: others could read another one', async (_title, write) => {
    const { clientId, clientSecret } = serviceAccount;
    const text = `${write(clientId)}:${clientSecret}`;
    const headers = { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
    for (const endpoint of ['token', 'introspect', 'revoke']) {
      const form = 'grant_type=client_credentials&token=a';
      const { status, body } = await send(endpoint, form, headers);
      expect([endpoint, status, body.error]).toEqual([endpoint, 400, 'invalid_request']);
    }
  });
});

describe('the scheme of the credentials (RFC 9110, section 11.4)', () => {
  const FORMS: Record<string, string> = {
    token: 'grant_type=client_credentials',
    introspect: 'token=a',
    revoke: 'token=a',
  };
  const credentials = () => basic(serviceAccount).replace('Basic ', '');

  it.each(['Basic  ', 'basic ', 'BASIC    '])('%j names the client', async (scheme) => {
    const headers = { authorization: scheme + credentials() };
    for (const [endpoint, form] of Object.entries(FORMS)) {
      expect((await send(endpoint, form, headers)).status).toBe(200);
      const other = await send(endpoint, `${form}&client_id=${client.clientId}`, headers);
      expect([other.status, other.body.error]).toEqual([400, 'invalid_request']);
    }
  });

  it.each<[string, (text: string) => string]>([
    ['a tab', (text) => `Basic\t${text}`],
    ['a space and a tab', (text) => `Basic \t${text}`],
    ['nothing', (text) => `Basic${text}`],
    ['a comma', (text) => `Basic,${text}`],
    ['a second value', (text) => `Basic ${text} ${text}`],
    ['no credentials', () => 'Basic'],
    ['another scheme', (text) => `Bearer ${text}`],
  ])('with %s behind it is refused', async (_title, toHeader) => {
    const headers = { authorization: toHeader(credentials()) };
    for (const [endpoint, form] of Object.entries(FORMS)) {
      const { status, body } = await send(endpoint, form, headers);
      expect([400, 401]).toContain(status);
      expect(['invalid_client', 'invalid_request']).toContain(body.error);
    }
  });
});

describe('a secret in the form (section 2.3.1)', () => {
  const ask = (changes: Record<string, string | undefined>) => {
    const { clientId, clientSecret } = serviceAccount;
    const form = { grant_type: 'client_credentials', client_id: clientId, ...changes };
    return stage.ask({ client_secret: clientSecret, ...form });
  };

  it('is accepted, a wrong one or one of another client is not', async () => {
    const { body } = await ask({});
    expect(body).toHaveProperty('access_token');
    const other = await stage.register({ type: 'machine' });
    for (const changes of [
      { client_secret: 'a wrong one: %20+&' },
      { client_secret: other.clientSecret! },
      { client_id: 'unknown' },
    ]) {
      const refused = await ask(changes);
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
    }
  });
});

describe('every error of a request is in the OAuth format (section 5.2)', () => {
  const ENDPOINTS = ['token', 'introspect', 'revoke'];
  const WRONG: [string, string | Uint8Array<ArrayBuffer>, Record<string, string>][] = [
    ['JSON', '{"grant_type":"client_credentials"}', { 'content-type': 'application/json' }],
    ['half of a JSON text', '{"grant', { 'content-type': 'application/json' }],
    ['plain text', 'grant_type=client_credentials', { 'content-type': 'text/plain' }],
    [
      'another charset',
      'token=%E9',
      { 'content-type': `${FORM['content-type']}; charset=ISO-8859-1` },
    ],
    ['too much', `token=${'y'.repeat(120_000)}`, {}],
    ['a NUL', 'token=%00', {}],
    ['no UTF-8', new Uint8Array([0x67, 0xff]), {}],
    ['nothing', '', {}],
  ];

  it.each(WRONG)('%s', async (_title, body, headers) => {
    for (const endpoint of ENDPOINTS) {
      const answer = await send(endpoint, body, { ...asServiceAccount(), ...headers });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.error).toBe('invalid_request');
      expect(answer.body.error_description).toEqual(expect.any(String));
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('names the parameter that an empty form lacks', async () => {
    for (const [endpoint, body, name] of [
      ['token', '', 'grant_type'],
      ['token', 'grant_type=', 'grant_type'],
      ['introspect', '', 'token'],
      ['revoke', 'token=&token_type_hint=access_token', 'token'],
    ] as const) {
      const { status, body: refusal } = await send(endpoint, body, asServiceAccount());
      expect([status, refusal.error]).toEqual([400, 'invalid_request']);
      expect(refusal.error_description).toBe(`${name} is required`);
    }
  });

  it('a 401 contains a challenge (RFC 9110, section 11.6.1)', async () => {
    const stranger = {
      authorization: basic({ clientId: serviceAccount.clientId, clientSecret: 'x' }),
    };
    for (const [endpoint, headers] of [
      ['token', stranger],
      ['introspect', stranger],
      ['revoke', stranger],
      ['introspect', {}],
      ['revoke', {}],
    ] as const) {
      const answer = await send(endpoint, 'grant_type=client_credentials&token=a', headers);
      expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    }
  });
});

/** Tokens with a foreign signature, made from a valid one. */
function forgeriesOf(token: string): [string, string][] {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return [
    ['another signature', `${header}.${payload}.${'A'.repeat(signature.length)}`],
    ['another payload', `${header}.${encode({ ...payloadOf(token), scope: 'x' })}.${signature}`],
    ['an unknown key', `${encode({ alg: 'RS256', kid: 'unknown' })}.${payload}.${signature}`],
    ['no key', `${encode({ alg: 'RS256' })}.${payload}.${signature}`],
    ['no signature', `${encode({ alg: 'none' })}.${payload}.`],
    ['a symmetric algorithm', `${encode({ alg: 'HS256' })}.${payload}.${signature}`],
    ['no JSON in it', 'a.b.c'],
  ];
}

describe('a token with a foreign signature', () => {
  it.each(forgeriesOf('e30.e30.eA').map(([title]) => title))(
    'with %s is unknown',
    async (title) => {
      const { access_token: good } = (await stage.serviceAccountToken(serviceAccount)).body;
      const token = forgeriesOf(good).find(([name]) => name === title)![1];
      for (const hint of [undefined, 'access_token', 'refresh_token', 'made_up']) {
        const form = { token, token_type_hint: hint };
        const shown = await stage.ask(form, { secretOf: serviceAccount, endpoint: 'introspect' });
        expect([shown.status, shown.body]).toEqual([200, { active: false }]);
        const revoked = await stage.ask(form, { secretOf: serviceAccount, endpoint: 'revoke' });
        expect(revoked.status).toBe(200);
      }
      for (const init of [
        { headers: { authorization: `Bearer ${token}` } },
        { method: 'POST', body: new URLSearchParams({ access_token: token }) },
      ]) {
        const answer = await fetch(stage.at('userinfo'), init);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
      }
    },
  );

  it('still needs client authentication', async () => {
    const token = forgeriesOf(
      (await stage.serviceAccountToken(serviceAccount)).body.access_token,
    )[0]![1];
    expect((await stage.ask({ token }, { endpoint: 'introspect' })).status).toBe(401);
  });
});

describe('token_type_hint (RFC 7009, section 2.1; RFC 7662, section 2.1)', () => {
  it.each([
    ['access_token', 'refresh_token'],
    ['refresh_token', 'access_token'],
  ] as const)('an %s is found with the hint %s', async (name, hint) => {
    const token = (await stage.tokens(confidential, browser))[name];
    const by = (endpoint: string) => ({ secretOf: confidential, endpoint });
    const ask = () => stage.ask({ token, token_type_hint: hint }, by('introspect'));
    expect((await ask()).body).toMatchObject({ active: true });
    expect((await stage.ask({ token, token_type_hint: hint }, by('revoke'))).status).toBe(200);
    expect((await stage.ask({ token }, by('introspect'))).body).toEqual({ active: false });
  });
});

describe('the answer of a revocation (RFC 7009, section 2.2)', () => {
  it.each(['refresh_token', 'access_token', 'id_token', 'unknown'])(
    'is an empty JSON object: %s',
    async (name) => {
      const tokens: Record<string, unknown> = await stage.tokens(client, browser);
      const form = new URLSearchParams({ token: String(tokens[name]), client_id: client.clientId });
      for (const base of [stage.base, `${stage.system.apiUrl}/api/auth/oauth2`]) {
        const answer = await fetch(`${base}/revoke`, { method: 'POST', body: form });
        const { headers } = answer;
        expect([answer.status, headers.get('content-type'), await answer.text()]).toEqual([
          200,
          expect.stringMatching(/^application\/json/),
          '{}',
        ]);
        expect(headers.get('cache-control')).toBe('no-store');
      }
    },
  );
});

describe('userinfo (RFC 6750, section 3)', () => {
  it('returns a challenge without a token', async () => {
    const answer = await fetch(stage.at('userinfo'));
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('returns a challenge for a token without a scheme', async () => {
    const { access_token: token } = await stage.tokens(client, browser);
    for (const authorization of [token, 'Bearer']) {
      const answer = await fetch(stage.at('userinfo'), { headers: { authorization } });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  });

  it('returns a challenge for a token of another scheme', async () => {
    const { access_token: token } = await stage.tokens(client, browser);
    const headers = { authorization: `DPoP ${token}` };
    const answer = await fetch(stage.at('userinfo'), { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('names the missing scope', async () => {
    const { access_token: ofServiceAccount } = (await stage.serviceAccountToken(serviceAccount))
      .body;
    const { access_token: ofUser } = await stage.tokens(client, browser, { scope: 'profile' });
    for (const token of [ofServiceAccount, ofUser]) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(stage.at('userinfo'), { headers });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ error: 'insufficient_scope' });
      expect(answer.headers.get('www-authenticate')).toContain('scope="openid"');
    }
  });
});

describe('introspection of a refresh token', () => {
  it.each([
    ['the session has ended', 'DELETE FROM session WHERE user_id = $1'],
    ['the user is banned', 'UPDATE "user" SET banned = true WHERE id = $1'],
  ])('is inactive when %s', async (_title, sql) => {
    const person = await stage.user();
    const { refresh_token: token } = await stage.tokens(confidential, person.browser);
    const ask = () => stage.ask({ token }, { secretOf: confidential, endpoint: 'introspect' });
    expect((await ask()).body).toMatchObject({ active: true, sub: person.user.id });
    await stage.system.query(sql, [person.user.id]);
    expect((await ask()).body).toEqual({ active: false });
  });
});

describe('renewal for fewer scopes (RFC 6749, section 6)', () => {
  it('narrows the access token, not the grant', async () => {
    const first = await stage.tokens(confidential, browser);
    const narrow = await stage.refresh(confidential, first.refresh_token, { scope: 'openid' });
    expect([narrow.status, narrow.body.scope]).toEqual([200, 'openid']);
    const full = await stage.refresh(confidential, narrow.body.refresh_token);
    expect([full.status, full.body.scope]).toEqual([200, first.scope]);
    // Each is valid once.
    expect(full.body.refresh_token).not.toBe(narrow.body.refresh_token);
    const replayed = await stage.refresh(confidential, narrow.body.refresh_token);
    expect([replayed.status, replayed.body.error]).toEqual([400, 'invalid_grant']);
  });
});
