import { type JWTPayload, SignJWT } from 'jose';
import * as openid from 'openid-client';
import { asserting, ClientKeyPair } from '../support/client/client-keys';
import { OAuthStage, payloadOf, REDIRECT_URI } from './stage';
import type { Browser } from './browser';
import { Caller } from '../support/caller';
import { startAuthServer } from '../token/cluster';
import { eventually } from '../support/eventually';
import type { SignedInUser } from '../support/system';
import type { NewClient } from '../../src/admin/clients/clients.schemas';

let stage: OAuthStage;
let user: SignedInUser;
let browser: Browser;

beforeAll(async () => {
  stage = await OAuthStage.start();
  ({ user, browser } = await stage.user());
});

afterAll(() => stage.system.stop());

/** openid-client marks it as deprecated to warn its users. */
const allowPlainHttp: (config: openid.Configuration) => void = Reflect.get(
  openid,
  'allowInsecureRequests',
);

/** All checks of openid-client are on; only plain http on loopback is allowed. */
function discover(client: NewClient, pair?: ClientKeyPair): Promise<openid.Configuration> {
  const bySecret = client.clientSecret
    ? openid.ClientSecretBasic(client.clientSecret)
    : openid.None();
  const authentication = pair
    ? openid.PrivateKeyJwt({ key: pair.privateKey, kid: pair.jwks.keys[0]!.kid })
    : bySecret;
  return openid.discovery(
    new URL(stage.issuer),
    client.clientId,
    { client_secret: client.clientSecret },
    authentication,
    { execute: [allowPlainHttp] },
  );
}

interface Flow {
  config: openid.Configuration;
  tokens: Awaited<ReturnType<typeof openid.authorizationCodeGrant>>;
}

async function signIn(
  client: NewClient,
  { pair, ...extra }: { pair?: ClientKeyPair } & Record<string, unknown> = {},
): Promise<Flow> {
  const config = await discover(client, pair);
  const verifier = openid.randomPKCECodeVerifier();
  const [state, nonce] = [openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile email offline_access',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...extra,
  });
  const callback = await browser.authorize(url);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  const tokens = await openid.authorizationCodeGrant(config, callback, {
    ...checks,
    idTokenExpected: true,
  });
  return { config, tokens };
}

describe.each(['public', 'confidential'] as const)('a strict %s client', (type) => {
  let client: NewClient;
  let flow: Flow;

  beforeAll(async () => {
    client = await stage.register({ type });
    flow = await signIn(client);
  });

  it('gets an access token that the API accepts, without a resource parameter', async () => {
    const { access_token: token, expires_in: expiresIn } = flow.tokens;
    const { settings } = stage.system;
    expect(payloadOf(token)).toEqual({
      iss: settings.jwtIssuer,
      aud: [settings.jwtAudience, `${settings.authUrl}/api/auth/oauth2/userinfo`],
      sub: user.id,
      sid: expect.any(String),
      role: 'user',
      auth_time: expect.any(Number),
      amr: ['pwd'],
      scope: 'openid profile email offline_access',
      client_id: client.clientId,
      azp: client.clientId,
      granted_at: expect.any(Number),
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: Number(payloadOf(token).iat) + settings.jwtTtl / 1_000,
    });
    expect(expiresIn).toBe(settings.jwtTtl / 1_000);
    const answer = await new Caller(stage.system.apiUrl, token).get('/api/v1/users/me');
    expect([answer.status, answer.body.id]).toEqual([200, user.id]);
  });

  it('gets an ID token about the user', () => {
    expect(flow.tokens.claims()).toMatchObject({
      iss: stage.issuer,
      aud: client.clientId,
      sub: user.id,
      acr: '0',
      sid: expect.any(String),
      auth_time: expect.any(Number),
      amr: ['pwd'],
      at_hash: expect.any(String),
    });
  });

  it('reads the granted claims from userinfo', async () => {
    const { config, tokens } = flow;
    const claims = await openid.fetchUserInfo(config, tokens.access_token, user.id);
    expect(claims).toMatchObject({ sub: user.id, email: user.email, email_verified: false });
    expect(claims.name).toMatch(/^User \d+$/);
  });

  it('renews its tokens, and gets another refresh token each time', async () => {
    const { config, tokens } = await signIn(client);
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token!);
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
    expect(payloadOf(renewed.access_token)).toMatchObject({
      sid: payloadOf(tokens.access_token).sid,
      scope: payloadOf(tokens.access_token).scope,
    });
    const answer = await new Caller(stage.system.apiUrl, renewed.access_token).get(
      '/api/v1/users/me',
    );
    expect(answer.status).toBe(200);
  });

  it('ends its refresh token by revocation', async () => {
    const { config, tokens } = await signIn(client);
    await openid.tokenRevocation(config, tokens.refresh_token!);
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('signs the user out, and gets its state back', async () => {
    const other = await stage.user();
    browser = other.browser;
    const { config, tokens } = await signIn(client);
    const api = new Caller(stage.system.apiUrl, tokens.access_token);
    expect((await api.get('/api/v1/users/me')).status).toBe(200);
    const url = openid.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: REDIRECT_URI,
      state: 'bye',
    });
    expect((await browser.follow(url)).href).toBe(`${REDIRECT_URI}?state=bye`);
    await untilRefused(api);
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    ({ user, browser } = await stage.user());
    flow = await signIn(client);
  });
});

/** Waits longer than the guarantee of 100 ms, for a loaded host. */
async function untilRefused(api: Caller): Promise<void> {
  await eventually(async () => expect((await api.get('/api/v1/users/me')).status).toBe(401));
}

describe('a client with keys', () => {
  let pair: ClientKeyPair;
  let client: NewClient;
  let account: NewClient;

  beforeAll(async () => {
    pair = await ClientKeyPair.make();
    const { jwks } = pair;
    client = await stage.register({ type: 'confidential', jwks });
    account = await stage.register({ type: 'machine', jwks });
  });

  const ask = (assertion: string, form: Record<string, string> = {}) =>
    stage.ask({ grant_type: 'client_credentials', ...asserting(assertion), ...form });

  it('has no secret, and signs in users, renews, introspects and revokes', async () => {
    expect(client).not.toHaveProperty('clientSecret');
    const { config, tokens } = await signIn(client, { pair });
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token!);
    const { access_token: token } = renewed;
    expect(await openid.tokenIntrospection(config, token)).toMatchObject({ active: true });
    await openid.tokenRevocation(config, token);
    expect(await openid.tokenIntrospection(config, token)).toEqual({ active: false });
  });

  it('gets its own tokens, for the issuer and for the endpoint as audience', async () => {
    const { clientId } = account;
    for (const audience of [stage.issuer, `${stage.base}/token`]) {
      const { status, body } = await ask(await pair.sign(clientId, audience));
      expect([status, payloadOf(body.access_token).sub]).toEqual([200, clientId]);
    }
  });

  const seconds = () => Math.floor(Date.now() / 1_000);
  const sign = (changes: JWTPayload = {}, id = account.clientId) =>
    pair.sign(id, stage.issuer, changes);
  it.each<[string, () => JWTPayload]>([
    ['begins 2 s later, as with oauth4webapi', () => ({ nbf: seconds() + 2, iat: seconds() + 2 })],
    ['ends 5 minutes after that', () => ({ exp: seconds() + 304 })],
  ])('is accepted with a clock that is ahead: an assertion that %s', async (_title, times) => {
    expect((await ask(await sign(times()))).status).toBe(200);
  });

  const unsigned = (alg: string) =>
    [{ alg }, { iss: account.clientId, sub: account.clientId }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.') + '.';

  it.each<[string, () => Promise<string>]>([
    ['another key', async () => (await ClientKeyPair.make()).sign(account.clientId, stage.issuer)],
    ['no signature', () => Promise.resolve(unsigned('none'))],
    [
      'its public key as a secret',
      async () => {
        const secret = Buffer.from(JSON.stringify(pair.jwks.keys[0]));
        const claims = {
          iss: account.clientId,
          sub: account.clientId,
          aud: stage.issuer,
          jti: 'x',
        };
        const token = new SignJWT({ ...claims, exp: seconds() + 60 });
        return token.setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secret);
      },
    ],
    ['the subject of another client', () => sign({ sub: client.clientId })],
    ['another issuer', () => sign({ iss: client.clientId })],
    ['an unknown client', () => sign({}, 'unknown')],
    ['another audience', () => sign({ aud: 'https://other.example.com' })],
    ['the audience of another endpoint', () => sign({ aud: `${stage.base}/revoke` })],
    ['no audience', () => sign({ aud: undefined })],
    ['a time that is over', () => sign({ exp: seconds() - 60 })],
    ['more than five minutes', () => sign({ exp: seconds() + 400 })],
    ['no end', () => sign({ exp: undefined })],
    ['an old date', () => sign({ iat: seconds() - 400 })],
    ['a date in the future', () => sign({ iat: seconds() + 60 })],
    ['a later begin', () => sign({ nbf: seconds() + 100 })],
    ['no id', () => sign({ jti: undefined })],
    ['a subject that is no text', () => sign({ sub: { $ne: 1 } as unknown as string })],
    ['a subject with a control character', () => sign({ iss: 'a\0', sub: 'a\0' })],
    ['no token in it', () => Promise.resolve('a.b.c')],
    ['a long text', () => Promise.resolve('x'.repeat(20_000))],
  ])('is refused with an assertion with %s', async (_title, make) => {
    const { status, body } = await ask(await make());
    expect(['invalid_client', 'invalid_request']).toContain(body.error);
    expect(body).not.toHaveProperty('access_token');
    expect([400, 401]).toContain(status);
  });

  it('is refused without an assertion, with a secret, and with two methods', async () => {
    const named = { grant_type: 'client_credentials', client_id: account.clientId };
    const secret = { ...account, clientSecret: 'guess' };
    const both = { ...named, ...asserting(await sign()) };
    for (const [form, secretOf] of [
      [named, undefined],
      [{ grant_type: 'client_credentials' }, secret],
      [both, secret],
      [{ ...both, client_secret: 'guess' }, undefined],
      [{ ...both, client_id: client.clientId }, undefined],
      [{ ...both, client_assertion_type: 'unknown' }, undefined],
    ] as const) {
      const { status, body } = await stage.ask(form, { secretOf });
      expect([400, 401]).toContain(status);
      expect(['invalid_client', 'invalid_request']).toContain(body.error);
    }
    expect((await stage.ask(both)).status).toBe(200);
  });

  it('uses an assertion once, also at two auth servers at the same time', async () => {
    const second = await startAuthServer(stage.system.settings);
    const assertion = await sign();
    const form = { grant_type: 'client_credentials', ...asserting(assertion) };
    const bases = [stage.base, `${second.url}/api/auth/oauth2`];
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, number) => stage.ask(form, { base: bases[number % 2] })),
    );
    await second.stop();
    const accepted = answers.filter(({ status }) => status === 200);
    expect(accepted).toHaveLength(1);
    const refused = answers.filter((answer) => answer !== accepted[0]);
    expect(refused.map(({ body }) => body.error)).toEqual(Array(7).fill('invalid_client'));
    const shown = { token: accepted[0]!.body.access_token, ...asserting(assertion) };
    const again = await stage.ask(shown, { endpoint: 'introspect' });
    expect(again.body.error).toBe('invalid_client');
  });

  it('cannot revoke the token of another client', async () => {
    const app = await stage.register({ type: 'confidential' });
    const { access_token: token } = await stage.tokens(app, browser);
    const form = { token, ...asserting(await sign()) };
    await stage.ask(form, { endpoint: 'revoke', secretOf: app });
    await stage.ask(form, { endpoint: 'revoke' });
    const api = new Caller(stage.system.apiUrl, token);
    expect((await api.get('/api/v1/users/me')).status).toBe(200);
  });

  it('changes its keys: the new one is accepted, then the old one is refused', async () => {
    const next = await ClientKeyPair.make('second', 'RS256');
    const { clientId } = await stage.register({ type: 'machine', jwks: pair.jwks });
    const both = { keys: [...pair.jwks.keys, ...next.jwks.keys] };
    const path = `/api/v1/admin/clients/${clientId}/keys`;
    expect((await stage.clients.put(path, both)).body).toMatchObject({ clientId, jwks: both });
    for (const one of [pair, next]) {
      expect((await ask(await one.sign(clientId, stage.issuer))).status).toBe(200);
    }
    await stage.clients.put(path, next.jwks);
    expect((await ask(await next.sign(clientId, stage.issuer))).status).toBe(200);
    expect((await ask(await pair.sign(clientId, stage.issuer))).status).toBe(401);
    await stage.change(clientId, { disabled: true });
    expect((await ask(await next.sign(clientId, stage.issuer))).body.error).toBe('invalid_client');
  });
});
