import * as openid from 'openid-client';
import { OAuthStage, payloadOf, REDIRECT_URI } from './stage';
import type { Browser } from './browser';
import { Caller } from '../support/caller';
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
function discover(client: NewClient): Promise<openid.Configuration> {
  const authentication = client.clientSecret
    ? openid.ClientSecretBasic(client.clientSecret)
    : openid.None();
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

async function signIn(client: NewClient, extra: Record<string, string> = {}): Promise<Flow> {
  const config = await discover(client);
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
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await api.get('/api/v1/users/me')).status === 401) return;
  }
  throw new Error('the token is still accepted');
}
