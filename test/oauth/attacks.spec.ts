import { createLogger } from '../../runtime/logger';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import { Browser } from './browser';
import { makePkce, OAuthStage, type Parameters, payloadOf, REDIRECT_URI } from './stage';
import { Caller } from '../support/caller';
import { createAuthServer } from '../support/native/auth-server';
import { PASSWORD, type SignedInUser } from '../support/system';

let stage: OAuthStage;
let user: SignedInUser;
let browser: Browser;
/** Public. */
let client: NewClient;
/** The attacker's client; public as well. */
let otherClient: NewClient;
let confidential: NewClient;

beforeAll(async () => {
  stage = await OAuthStage.start();
  ({ user, browser } = await stage.user());
  client = await stage.register({ type: 'public' });
  otherClient = await stage.register({ type: 'public' });
  confidential = await stage.register({ type: 'confidential' });
});

afterAll(() => stage.system.stop());

/** Target of an authorization request: the client, or the auth server's page. */
async function outcomeOf(changes: Parameters, of: NewClient = client) {
  const end = await browser.authorize(stage.authorization(of.clientId, makePkce(), changes));
  const { searchParams, origin, pathname } = end;
  return {
    place: origin + pathname,
    error: searchParams.get('error'),
    description: searchParams.get('error_description'),
    code: searchParams.get('code'),
    state: searchParams.get('state'),
    iss: searchParams.get('iss'),
  };
}

function errorPage(): string {
  return `${stage.system.settings.authUrl}/error`;
}

describe('code injection (RFC 9700, section 4.5)', () => {
  it("refuses a victim's code with the attacker's verifier", async () => {
    const stolen = await stage.code(client, browser);
    const answer = await stage.exchange(client, { ...stolen, verifier: makePkce().verifier });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    expect((await stage.exchange(client, stolen)).status).toBe(200);
  });

  it('binds a code to its session: the token belongs to the user who authorized', async () => {
    const tokens = await stage.tokens(client, browser);
    expect(payloadOf(tokens.access_token).sub).toBe(user.id);
  });
});

describe('PKCE downgrade (RFC 9700, section 4.8.2)', () => {
  it.each([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['no method, which would mean plain', { code_challenge_method: undefined }],
    ['plain', { code_challenge_method: 'plain' }],
    ['an unknown method', { code_challenge_method: 'S512' }],
    ['a method in lower case', { code_challenge_method: 's256' }],
    ['a method without a challenge', { code_challenge: undefined }],
    ['an empty challenge', { code_challenge: '' }],
    ['a challenge of 42 characters', { code_challenge: 'x'.repeat(42) }],
    ['a challenge of 44 characters', { code_challenge: 'x'.repeat(44) }],
    ['a challenge of base64', { code_challenge: `${'x'.repeat(42)}+` }],
  ])('refuses a request with %s, for both client types', async (_title, changes) => {
    for (const one of [client, confidential]) {
      const outcome = await outcomeOf(changes, one);
      expect(outcome).toMatchObject({ error: 'invalid_request', code: null });
    }
  });

  it('names the fault of a challenge to the client, and not to an unknown redirect URI', async () => {
    const changes = { code_challenge: 'x', response_mode: 'query' };
    expect(await outcomeOf(changes)).toMatchObject({
      place: REDIRECT_URI,
      error: 'invalid_request',
      description: 'code_challenge must be 43 characters of base64url',
      state: expect.any(String),
      iss: stage.issuer,
    });
    const unknown = await outcomeOf({ ...changes, redirect_uri: 'https://evil.example/' });
    expect(unknown.place).toBe(errorPage());
  });

  it('names the fault in a redirection too, which a browser without a script gets', async () => {
    const url = stage.authorization(client.clientId, makePkce(), { response_mode: 'fragment' });
    const { status, headers } = await fetch(url, { redirect: 'manual' });
    const { searchParams } = new URL(headers.get('location')!);
    const description = 'response_mode must be query';
    expect([status, searchParams.get('error_description')]).toEqual([302, description]);
  });

  it.each([
    ['no verifier', undefined],
    ['an empty verifier', ''],
    ['the challenge for a verifier', 'challenge'],
  ])('refuses a code with %s, also with the right secret', async (_title, kind) => {
    for (const one of [client, confidential]) {
      const pkce = makePkce();
      const end = await browser.authorize(stage.authorization(one.clientId, pkce));
      const code = { code: end.searchParams.get('code')!, verifier: '', callback: end };
      const verifier = kind === 'challenge' ? pkce.challenge : kind;
      const answer = await stage.exchange(one, code, { code_verifier: verifier });
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatch(/^invalid_(grant|request)$/);
    }
  });
});

describe('redirect URIs (RFC 9700, section 4.1)', () => {
  const TRICKS = [
    'https://app.example.com/callback/',
    'https://app.example.com/callback?x=1',
    'https://app.example.com/callback#x',
    'https://app.example.com/callback#',
    'https://app.example.com/callback/../evil',
    'https://app.example.com/callback%2f..%2fevil',
    'https://app.example.com/Callback',
    'https://app.example.com',
    'https://APP.example.com/callback',
    'https://app.example.com:443/callback',
    'https://app.example.com:8443/callback',
    'http://app.example.com/callback',
    'https://app.example.com.evil.example/callback',
    'https://evil.example/callback',
    'https://evil.example/https://app.example.com/callback',
    'https://evil.example?https://app.example.com/callback',
    'https://app.example.com@evil.example/callback',
    'https://user:secret@app.example.com/callback',
    'https://evil.example\\@app.example.com/callback',
    'https://app.example.com\\.evil.example/callback',
    'https://xn--pp-fka.example.com/callback',
    '//app.example.com/callback',
    '/callback',
    'javascript:alert(1)//https://app.example.com/callback',
    'data:text/html,x',
    'https://app.example.com/callback\nx',
    'com.example.app:/callback',
    'http://localhost/callback',
    '',
  ];

  it.each(TRICKS)('does not redirect to %j', async (redirectUri) => {
    const outcome = await outcomeOf({ redirect_uri: redirectUri });
    expect(outcome.place).toBe(errorPage());
    expect(outcome.code).toBeNull();
    // Also not with an error.
    const refused = await outcomeOf({ redirect_uri: redirectUri, response_type: 'token' });
    expect(refused.place).toBe(errorPage());
  });

  it('does not redirect without a redirect URI, or with two', async () => {
    expect((await outcomeOf({ redirect_uri: undefined })).place).toBe(errorPage());
    const url = stage.authorization(client.clientId, makePkce());
    url.searchParams.append('redirect_uri', 'https://evil.example/');
    expect((await browser.authorize(url)).origin).toBe(stage.system.settings.authUrl);
  });

  it('allows a client on loopback any port, and no other difference (RFC 8252, section 7.3)', async () => {
    const native = await stage.register({
      type: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    });
    const at = (redirectUri: string) => outcomeOf({ redirect_uri: redirectUri }, native);
    expect(await at('http://127.0.0.1:49152/callback')).toMatchObject({ error: null });
    for (const other of [
      'http://127.0.0.1:49152/other',
      'http://127.0.0.1.evil.example/callback',
      'http://127.0.0.2:49152/callback',
      'https://127.0.0.1:49152/callback',
      'http://localhost:49152/callback',
      'http://127.0.0.1:49152@evil.example/callback',
    ]) {
      expect((await at(other)).place).toBe(errorPage());
    }
  });

  it('allows a client with https on loopback its port alone', async () => {
    const redirectUri = 'https://localhost:7043/signin-oidc';
    const server = await stage.register({ type: 'confidential', redirectUris: [redirectUri] });
    const at = (uri: string) => outcomeOf({ redirect_uri: uri }, server);
    expect(await at(redirectUri)).toMatchObject({ place: redirectUri, error: null });
    for (const other of ['https://localhost:7044', 'https://localhost', 'http://localhost:7043']) {
      expect((await at(`${other}/signin-oidc`)).place).toBe(errorPage());
    }
  });

  it('refuses a code when the redirect URI is missing or differs', async () => {
    for (const redirectUri of [undefined, 'https://app.example.com/other']) {
      const code = await stage.code(client, browser);
      const answer = await stage.exchange(client, code, { redirect_uri: redirectUri });
      expect(answer.status).toBe(400);
    }
  });

  it('does not redirect for an unknown or disabled client', async () => {
    const disabled = await stage.register({ type: 'public' });
    await stage.change(disabled.clientId, { disabled: true });
    for (const clientId of ['nobody', '', disabled.clientId]) {
      const end = await browser.authorize(stage.authorization(clientId, makePkce()));
      expect(end.origin + end.pathname).toBe(errorPage());
    }
  });
});

describe('mix-up (RFC 9700, section 4.4)', () => {
  it('has the issuer in every response, also in errors (RFC 9207)', async () => {
    const good = await outcomeOf({});
    expect(good).toMatchObject({ iss: stage.issuer, state: 'the state', error: null });
    const bad = await outcomeOf({ scope: 'openid nonsense' });
    expect(bad).toMatchObject({ iss: stage.issuer, state: 'the state', error: 'invalid_scope' });
    const denied = await browser.authorize(
      stage.authorization(otherClient.clientId, makePkce()),
      false,
    );
    expect(Object.fromEntries(denied.searchParams)).toMatchObject({
      iss: stage.issuer,
      error: 'access_denied',
      state: 'the state',
    });
  });
});

describe('replay', () => {
  it('of a code is refused, and ends the refresh token of the first exchange', async () => {
    const code = await stage.code(client, browser);
    const { body } = await stage.exchange(client, code);
    const replayed = await stage.exchange(client, code);
    expect([replayed.status, replayed.body.error]).toEqual([400, 'invalid_grant']);
    const renewed = await stage.refresh(client, body.refresh_token);
    expect([renewed.status, renewed.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('of a code in parallel gives tokens to at most one', async () => {
    const code = await stage.code(client, browser);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => stage.exchange(client, code)),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it('of a refresh token is refused, and ends the family', async () => {
    const first = await stage.tokens(client, browser);
    const second = await stage.refresh(client, first.refresh_token);
    expect(second.status).toBe(200);
    const replayed = await stage.refresh(client, first.refresh_token);
    expect([replayed.status, replayed.body.error]).toEqual([400, 'invalid_grant']);
    const successor = await stage.refresh(client, second.body.refresh_token);
    expect([successor.status, successor.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('of a refresh token at the revocation ends one session, also after a scheme', async () => {
    const elsewhere = await Browser.signedIn(stage.system, user.email);
    for (const scheme of ['', 'Bearer ', 'bearer\t', 'DPoP  ']) {
      const other = await stage.tokens(client, elsewhere);
      const first = await stage.tokens(client, browser);
      const second = await stage.refresh(client, first.refresh_token);
      const form = { token: scheme + first.refresh_token, client_id: client.clientId };
      await stage.ask(form, { endpoint: 'revoke' });
      expect((await stage.refresh(client, second.body.refresh_token)).status).toBe(400);
      expect([scheme, (await stage.refresh(client, other.refresh_token)).status]).toEqual([
        scheme,
        200,
      ]);
    }
  });

  it('of a refresh token in parallel renews at most one', async () => {
    const { refresh_token: token } = await stage.tokens(client, browser);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => stage.refresh(client, token)),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  it('of a consent form fails after its time, and with another request', async () => {
    const stranger = await stage.register({ type: 'public' });
    const page = await browser.follow(stage.authorization(stranger.clientId, makePkce()));
    expect(page.pathname).toBe('/consent');
    for (const [name, value] of [
      ['scope', 'openid users:write'],
      ['redirect_uri', 'https://evil.example/'],
      ['client_id', client.clientId],
      ['exp', '99999999999'],
    ] as const) {
      const changed = new URL(page);
      changed.searchParams.set(name, value);
      await expect(browser.answerConsent(changed, {})).rejects.toThrow('invalid_signature');
    }
  });
});

describe('client confusion', () => {
  it("refuses another client's code, which stays valid", async () => {
    const code = await stage.code(client, browser);
    const stolen = await stage.exchange(otherClient, code);
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    expect((await stage.exchange(client, code)).status).toBe(200);
  });

  it("refuses another client's refresh token, which stays valid", async () => {
    const { refresh_token: token } = await stage.tokens(client, browser);
    for (const thief of [otherClient, confidential]) {
      const stolen = await stage.refresh(thief, token);
      expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    }
    expect((await stage.refresh(client, token)).status).toBe(200);
  });

  it("neither shows nor revokes another client's refresh token", async () => {
    const { refresh_token: token } = await stage.tokens(client, browser);
    const shown = await stage.ask({ token }, { secretOf: confidential, endpoint: 'introspect' });
    expect(shown.body).toEqual({ active: false });
    await stage.ask({ token }, { secretOf: confidential, endpoint: 'revoke' });
    expect((await stage.refresh(client, token)).status).toBe(200);
  });

  it("ends no grant by another client's used refresh token (RFC 7009, section 2.1)", async () => {
    const { refresh_token: used } = await stage.tokens(client, browser);
    const { body: renewed } = await stage.refresh(client, used);
    const own = await stage.tokens(confidential, browser);
    const revoke = { secretOf: confidential, endpoint: 'revoke' };
    expect((await stage.ask({ token: used }, revoke)).status).toBe(200);
    expect((await stage.refresh(confidential, own.refresh_token)).status).toBe(200);
    expect((await stage.refresh(client, renewed.refresh_token)).status).toBe(200);
  });

  it.each([
    ['no secret', (): NewClient => ({ ...confidential, clientSecret: undefined })],
    ['a wrong secret', (): NewClient => ({ ...confidential, clientSecret: 'x'.repeat(43) })],
    ['an empty secret', (): NewClient => ({ ...confidential, clientSecret: '' })],
  ])('refuses a confidential client with %s', async (_title, pretender) => {
    const code = await stage.code(confidential, browser);
    const answer = await stage.exchange(pretender(), code);
    expect([400, 401]).toContain(answer.status);
    expect(answer.body.error).toMatch(/^invalid_(client|request)$/);
    expect((await stage.exchange(confidential, code)).status).toBe(200);
  });

  it('refuses client credentials of a public client', async () => {
    const answer = await stage.ask({
      grant_type: 'client_credentials',
      client_id: client.clientId,
    });
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
    const other = await stage.serviceAccountToken(confidential);
    expect([other.status, other.body.error]).toEqual([400, 'unauthorized_client']);
  });
});

describe('another resource', () => {
  it.each(['https://other.example/', 'urn:other', 'https://api.example.com#x'])(
    'gets no token: %s',
    async (resource) => {
      expect(await outcomeOf({ resource })).toMatchObject({ code: null });
      const serviceAccount = await stage.register({ type: 'machine' });
      const answer = await stage.serviceAccountToken(serviceAccount, { resource });
      expect([answer.status, answer.body.error]).toEqual([
        400,
        expect.stringMatching(/^invalid_(target|request)$/),
      ]);
    },
  );

  it('of earlier settings gets no token', async () => {
    const { settings } = stage.system;
    const resource = 'https://before.example.com';
    const logger = createLogger('auth', 'silent');
    const start = (config: typeof settings) => createAuthServer({ settings: config, logger });
    await (await start({ ...settings, jwtAudience: resource })).close();
    const serviceAccount = await stage.register({ type: 'machine' });
    const isDisabled = () =>
      stage.system.query('SELECT disabled FROM oauth_resource WHERE identifier = $1', [resource]);
    expect(await isDisabled()).toEqual([{ disabled: false }]);
    await (await start(settings)).close();
    expect(await isDisabled()).toEqual([{ disabled: true }]);
    const answer = await stage.serviceAccountToken(serviceAccount, { resource });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_target']);
    expect((await stage.serviceAccountToken(serviceAccount)).status).toBe(200);
  });

  it('userinfo: its token is refused by the API', async () => {
    const resource = `${stage.base}/userinfo`;
    const { access_token: token } = await stage.tokens(client, browser, { resource });
    expect(payloadOf(token).aud).toBe(resource);
    const answer = await new Caller(stage.system.apiUrl, token).get('/api/v1/users/me');
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_token']);
  });

  it('the client itself: its ID token is refused by the API', async () => {
    const { id_token: token } = await stage.tokens(client, browser);
    const answer = await new Caller(stage.system.apiUrl, token).get('/api/v1/users/me');
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_token']);
  });
});

describe('more scope than granted', () => {
  it('is not available by renewal', async () => {
    const tokens = await stage.tokens(client, browser, { scope: 'openid offline_access' });
    const answer = await stage.refresh(client, tokens.refresh_token, {
      scope: 'openid offline_access users:write',
    });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_scope']);
  });

  it('is not available to a client that is not registered for it', async () => {
    const outcome = await outcomeOf({ scope: 'openid users:write' });
    expect(outcome).toMatchObject({ error: 'invalid_scope', code: null });
  });

  it('is not available by consent to more than requested', async () => {
    const stranger = await stage.register({ type: 'public' });
    const url = stage.authorization(stranger.clientId, makePkce(), { scope: 'openid' });
    const page = await browser.follow(url);
    await expect(browser.answerConsent(page, { scope: 'openid email' })).rejects.toThrow();
  });
});

describe('other request forms', () => {
  it.each(['token', 'id_token', 'code token', 'code id_token', 'none', 'CODE', ''])(
    'response_type %j returns no token',
    async (responseType) => {
      const outcome = await outcomeOf({ response_type: responseType });
      expect(outcome.code).toBeNull();
      const url = stage.authorization(client.clientId, makePkce(), { response_type: responseType });
      expect((await browser.authorize(url)).hash).not.toMatch(/access_token|id_token|code=/);
    },
  );

  it('a parameter without a value counts as missing (RFC 6749, section 3.1)', async () => {
    const names = ['prompt', 'max_age', 'scope', 'nonce', 'claims', 'resource', 'login_hint'];
    const outcome = await outcomeOf(Object.fromEntries(names.map((name) => [name, ''])));
    expect(outcome).toMatchObject({ place: REDIRECT_URI, error: null, code: expect.any(String) });
  });

  it('an ID token of another user gives no code without a sign-in', async () => {
    const other = await stage.user();
    const own = await stage.tokens(client, browser);
    const hinted = (changes: Parameters, who: Browser) =>
      who.authorize(stage.authorization(client.clientId, makePkce(), changes));
    const silent = { prompt: 'none', id_token_hint: own.id_token };
    expect((await hinted(silent, browser)).searchParams.get('code')).not.toBeNull();
    // Also one for another client, and what is no ID token.
    for (const [changes, who] of [
      [silent, other.browser],
      [{ ...silent, id_token_hint: own.access_token }, browser],
      [{ ...silent, id_token_hint: 'x' }, browser],
    ] as const) {
      expect((await hinted(changes, who)).searchParams.get('error')).toBe('login_required');
    }
    const shown = await hinted({ id_token_hint: own.id_token }, other.browser);
    expect(shown.pathname).toBe('/sign-in');
  });

  it('an ID token of another user gives no code to the user who signs in', async () => {
    const ann = await stage.user();
    const ben = await stage.user();
    const { id_token: hint } = await stage.tokens(client, ann.browser);
    const signInAs = async ({ email }: SignedInUser, to: Parameters) => {
      const newBrowser = Browser.open(stage.system);
      const page = await newBrowser.follow(stage.authorization(client.clientId, makePkce(), to));
      expect(page.pathname).toBe('/sign-in');
      const body = { email, password: PASSWORD, oauth_query: page.search.slice(1) };
      const { url } = (await (await newBrowser.post('/sign-in/email', body)).json()) as {
        url?: string;
      };
      return url!.includes('/consent?')
        ? newBrowser.answerConsent(new URL(url!), {})
        : new URL(url!);
    };
    const errorOf = ({ searchParams: found }: URL) => [found.get('error'), found.has('code')];
    // With a consent, and without one because it exists.
    for (const _ of [1, 2]) {
      const target = await signInAs(ben.user, { id_token_hint: hint });
      expect(errorOf(target)).toEqual(['login_required', false]);
      expect(target.searchParams.get('state')).toBe('the state');
    }
    // The named user, and a hint that names no user.
    expect(errorOf(await signInAs(ann.user, { id_token_hint: hint }))).toEqual([null, true]);
    expect(errorOf(await signInAs(ben.user, { id_token_hint: 'x' }))).toEqual([null, true]);
  });

  it('a DPoP proof makes no token that is bound to a key', async () => {
    const code = await stage.code(client, browser, { dpop_jkt: 'x'.repeat(43) });
    const form = {
      grant_type: 'authorization_code',
      code: code.code,
      code_verifier: code.verifier,
      redirect_uri: REDIRECT_URI,
      client_id: client.clientId,
    };
    const answer = await fetch(stage.at('token'), {
      method: 'POST',
      headers: { dpop: 'a proof' },
      body: new URLSearchParams(form),
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer' });
  });

  it.each(['request', 'request_uri'])('refuses %s', async (name) => {
    const outcome = await outcomeOf({ [name]: 'https://evil.example/request' });
    expect(outcome).toMatchObject({ error: `${name}_not_supported`, code: null });
  });

  it('the token endpoint ignores the query, and accepts forms only', async () => {
    const serviceAccount = await stage.register({ type: 'machine' });
    const query = stage.at('token', {
      grant_type: 'client_credentials',
      client_id: serviceAccount.clientId,
      client_secret: serviceAccount.clientSecret,
    });
    expect((await fetch(query, { method: 'POST' })).status).toBeGreaterThanOrEqual(400);
    const json = await fetch(stage.at('token'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(query.searchParams)),
    });
    expect(json.status).toBeGreaterThanOrEqual(400);
    expect(await json.text()).not.toContain('access_token');
  });

  it('a token in the URL has no effect', async () => {
    const { access_token: token } = await stage.tokens(client, browser);
    const api = new Caller(stage.system.apiUrl);
    expect((await api.get(`/api/v1/users/me?access_token=${token}`)).status).toBe(401);
    const userinfo = await fetch(stage.at('userinfo', { access_token: token }));
    expect(userinfo.status).toBe(401);
  });

  it('dynamic registration and client management are closed at the auth server', async () => {
    const administrator = await stage.system.asAdmin();
    const headers = { authorization: `Bearer ${administrator.refreshToken}` };
    const registration = { redirect_uris: ['https://evil.example/'], client_name: 'x' };
    for (const [path, body] of [
      ['/oauth2/register', registration],
      ['/oauth2/create-client', registration],
      ['/admin/oauth2/create-client', registration],
      ['/oauth2/update-client', { client_id: client.clientId, update: {} }],
      ['/oauth2/delete-client', { client_id: client.clientId }],
      ['/oauth2/client/rotate-secret', { client_id: confidential.clientId }],
      ['/admin/oauth2/resources', { identifier: 'https://evil.example/', name: 'x' }],
    ] as const) {
      const api = new Caller(stage.system.settings.authUrl);
      const answer = await api.post(`/api/auth${path}`, body, {
        ...headers,
        origin: stage.system.settings.authUrl,
      });
      expect([400, 401, 403, 404]).toContain(answer.status);
    }
    const own = new Caller(stage.system.settings.authUrl);
    const origin = stage.system.settings.authUrl;
    const asUser = { authorization: `Bearer ${user.refreshToken}`, origin };
    const answer = await own.post('/api/auth/gatehouse/clients/create', {}, asUser);
    expect([400, 403]).toContain(answer.status);
  });

  it.each<[string, RequestInit]>([
    ['get-clients', {}],
    ['create-client', { method: 'POST', body: '{"redirect_uris":["https://client.example/"]}' }],
  ])('%s names the place where administrators manage clients', async (name, request) => {
    const { refreshToken } = await stage.system.asAdmin();
    const origin = stage.system.settings.authUrl;
    const answer = await fetch(stage.at(name), {
      ...request,
      headers: {
        authorization: `Bearer ${refreshToken}`,
        origin,
        'content-type': 'application/json',
      },
    });
    const body = (await answer.json()) as object;
    expect([answer.status, body]).toEqual([
      403,
      expect.objectContaining({
        error: 'access_denied',
        error_description: expect.stringContaining('/api/v1/admin'),
      }),
    ]);
  });

  it('consent from another site is refused', async () => {
    const stranger = await stage.register({ type: 'public' });
    const page = await browser.follow(stage.authorization(stranger.clientId, makePkce()));
    const session = await stage.system.signIn({
      email: user.email,
      password: 'correct horse battery staple',
    });
    const answer = await new Caller(stage.system.settings.authUrl).post(
      '/api/auth/oauth2/consent',
      { accept: true, oauth_query: page.search.slice(1) },
      {
        cookie: `better-auth.session_token=${session.refreshToken}`,
        origin: 'https://evil.example',
      },
    );
    expect(answer.status).toBe(403);
  });
});
