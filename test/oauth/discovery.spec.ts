import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { API_SCOPES } from '../../contract';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { Browser } from './browser';
import { asserting, ClientKeyPair } from '../support/client/client-keys';
import { basic, makePkce, OAuthStage, payloadOf, type TokenAnswer } from './stage';
import { Browser as Person } from './browser';

type Metadata = Record<string, unknown> & Record<`${string}_endpoint`, string>;

let stage: OAuthStage;
let metadata: Metadata;
let browser: Browser;
let email: string;
let pair: ClientKeyPair;
/** Of the client that sends it in the form. */
let secret: string;
const clients: Record<string, NewClient> = {};

/** Items that a test below exercises; the last test compares this list with the document. */
const exercised = new Set<string>();

beforeAll(async () => {
  stage = await OAuthStage.start();
  metadata = await read(`${stage.issuer}/.well-known/openid-configuration`);
  const person = await stage.user();
  ({ browser } = person);
  ({ email } = person.user);
  clients.none = await stage.register({ type: 'public' });
  clients.client_secret_basic = await stage.register({ type: 'confidential' });
  const { clientSecret, ...other } = await stage.register({ type: 'confidential' });
  clients.client_secret_post = other;
  secret = clientSecret!;
  pair = await ClientKeyPair.make();
  clients.private_key_jwt = await stage.register({ type: 'confidential', jwks: pair.jwks });
  clients.serviceAccount = await stage.register({ type: 'machine' });
});

afterAll(() => stage.system.stop());

async function read(url: string): Promise<Metadata> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return (await response.json()) as Metadata;
}

/** The announced values of an item, which counts as exercised. */
function announced(item: string): unknown {
  exercised.add(item);
  return metadata[item];
}

/** One that is a list. */
function announcedList(item: string): string[] {
  return announced(item) as string[];
}

/** One that is a URL. */
function announcedAddress(item: string): string {
  return announced(item) as string;
}

/** The parameters by which a client of the method names or proves itself. */
async function proofOf(method: string) {
  const { clientId } = clients[method]!;
  if (method === 'none') return { client_id: clientId };
  if (method === 'client_secret_post') return { client_id: clientId, client_secret: secret };
  return method === 'private_key_jwt' ? asserting(await pair.sign(clientId, stage.issuer)) : {};
}

async function tokensOf(method: string): Promise<TokenAnswer['body']> {
  const client = clients[method]!;
  const code = await stage.code(client, browser);
  return (await stage.exchange(client, code, await proofOf(method))).body;
}

function post(endpoint: string, given: Record<string, string | undefined>, client?: NewClient) {
  const form = Object.entries(given).filter(([, value]) => value !== undefined) as [
    string,
    string,
  ][];
  const headers = client?.clientSecret ? { authorization: basic(client) } : undefined;
  return fetch(endpoint, { method: 'POST', body: new URLSearchParams(form), headers });
}

describe('the discovery document', () => {
  it('is at every well-known path, of the auth server and through the API', async () => {
    const { authUrl } = stage.system.settings;
    for (const base of [authUrl, stage.system.apiUrl]) {
      for (const name of ['oauth-authorization-server', 'openid-configuration']) {
        for (const path of [
          `/.well-known/${name}`,
          `/.well-known/${name}/api/auth`,
          `/api/auth/.well-known/${name}`,
        ]) {
          expect(await read(base + path)).toEqual(metadata);
        }
      }
    }
  });

  it('names the methods with a secret first, for clients that take the first one', () => {
    for (const endpoint of ['token', 'introspection', 'revocation']) {
      const methods = metadata[`${endpoint}_endpoint_auth_methods_supported`] as string[];
      expect(methods[0]).toBe('client_secret_basic');
    }
  });

  it('is readable by pages of any origin, and cacheable', async () => {
    for (const base of [stage.system.settings.authUrl, stage.system.apiUrl]) {
      for (const name of ['openid-configuration', 'oauth-protected-resource']) {
        if (name === 'oauth-protected-resource' && base !== stage.system.apiUrl) continue;
        const { headers } = await fetch(`${base}/.well-known/${name}`, {
          headers: { origin: 'https://anywhere.example' },
        });
        expect(headers.get('access-control-allow-origin')).toBe('*');
        expect(headers.get('cache-control')).toBe('public, max-age=300');
        expect(headers.get('content-type')).toMatch(/^application\/json/);
      }
      const keys = await fetch(`${base}/api/auth/jwks`, {
        headers: { origin: 'https://anywhere.example' },
      });
      expect(keys.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  it('of the API refers to it (RFC 9728)', async () => {
    const resource = await read(`${stage.system.apiUrl}/.well-known/oauth-protected-resource`);
    expect(resource).toMatchObject({
      resource: stage.audience,
      authorization_servers: [announced('issuer')],
      scopes_supported: [...API_SCOPES],
      bearer_methods_supported: ['header'],
    });
  });
});

describe('each announced item works:', () => {
  it('grant types and client authentication methods', async () => {
    const token = announcedAddress('token_endpoint');
    expect(announced('grant_types_supported')).toEqual([
      'authorization_code',
      'refresh_token',
      'client_credentials',
    ]);
    for (const method of announcedList('token_endpoint_auth_methods_supported')) {
      const client = clients[method]!;
      const tokens = await tokensOf(method);
      const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      const who = await proofOf(method);
      expect((await post(token, { ...form, ...who }, client)).status).toBe(200);
    }
    const serviceAccount = await post(
      token,
      { grant_type: 'client_credentials' },
      clients.serviceAccount,
    );
    expect(serviceAccount.status).toBe(200);
    const other = await post(token, { grant_type: 'password' }, clients.serviceAccount);
    expect(await other.json()).toMatchObject({ error: 'unsupported_grant_type' });
  });

  it('introspection', async () => {
    const endpoint = announcedAddress('introspection_endpoint');
    for (const method of announcedList('introspection_endpoint_auth_methods_supported')) {
      const client = clients[method]!;
      const tokens = await tokensOf(method);
      const { sub } = payloadOf(tokens.access_token);
      for (const token of [tokens.access_token, tokens.refresh_token]) {
        const form = { token, ...(await proofOf(method)) };
        const answer = await (await post(endpoint, form, client)).json();
        expect(answer).toMatchObject({ active: true, sub, client_id: client.clientId });
      }
      expect((await post(endpoint, { token: tokens.access_token })).status).toBeGreaterThan(399);
      const form = { token: 'nonsense', ...(await proofOf(method)) };
      expect(await (await post(endpoint, form, client)).json()).toEqual({ active: false });
    }
  });

  it('algorithms of client assertions', async () => {
    const [algorithms, ...others] = ['token', 'introspection', 'revocation'].map((endpoint) =>
      announcedList(`${endpoint}_endpoint_auth_signing_alg_values_supported`),
    );
    expect(others).toEqual([algorithms, algorithms]);
    const endpoint = announcedAddress('token_endpoint');
    for (const algorithm of algorithms!) {
      const own = await ClientKeyPair.make('one', algorithm);
      const { clientId } = await stage.register({ type: 'machine', jwks: own.jwks });
      const proof = asserting(await own.sign(clientId, stage.issuer));
      const answer = await post(endpoint, { grant_type: 'client_credentials', ...proof });
      expect([algorithm, answer.status]).toEqual([algorithm, 200]);
    }
  });

  it('a signed answer of introspection (RFC 9701)', async () => {
    const client = clients.client_secret_basic!;
    const { refresh_token: token } = await stage.tokens(client, browser);
    const answer = await fetch(announcedAddress('introspection_endpoint'), {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: {
        authorization: basic(client),
        accept: 'application/token-introspection+jwt',
      },
    });
    expect(answer.headers.get('content-type')).toBe('application/token-introspection+jwt');
    const { payload, protectedHeader } = await jwtVerify(
      await answer.text(),
      createRemoteJWKSet(new URL(announcedAddress('jwks_uri'))),
      { issuer: stage.issuer, audience: client.clientId, typ: 'token-introspection+jwt' },
    );
    expect(announcedList('introspection_signing_alg_values_supported')).toEqual([
      protectedHeader.alg,
    ]);
    expect(Object.keys(payload).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
    expect(payload.token_introspection).toMatchObject({ active: true, client_id: client.clientId });
  });

  it('revocation', async () => {
    const endpoint = announcedAddress('revocation_endpoint');
    for (const method of announcedList('revocation_endpoint_auth_methods_supported')) {
      const client = clients[method]!;
      const { refresh_token: token } = await tokensOf(method);
      const form = { token, ...(await proofOf(method)) };
      expect((await post(endpoint, form, client)).status).toBe(200);
      const renewal = await stage.refresh(client, token, await proofOf(method));
      expect(renewal.body.error).toBe('invalid_grant');
      // RFC 7009, section 2.2: an unknown token counts as revoked.
      const unknown = { token: 'nonsense', ...(await proofOf(method)) };
      expect((await post(endpoint, unknown, client)).status).toBe(200);
    }
  });

  it('response types and modes, PKCE, the issuer in the response', async () => {
    announced('authorization_endpoint');
    expect([announced('response_types_supported'), announced('response_modes_supported')]).toEqual([
      ['code'],
      ['query'],
    ]);
    expect(announced('code_challenge_methods_supported')).toEqual(['S256']);
    const { callback } = await stage.code(clients.none!, browser, { response_mode: 'query' });
    expect(callback.hash).toBe('');
    for (const mode of ['fragment', 'form_post', 'query.jwt']) {
      const url = stage.authorization(clients.none!.clientId, makePkce(), { response_mode: mode });
      const { search, hash } = await browser.authorize(url);
      expect([mode, search, hash]).toEqual([
        mode,
        expect.stringContaining('error=invalid_request&error_description=response_mode'),
        '',
      ]);
    }
    expect(announced('authorization_response_iss_parameter_supported')).toBe(true);
    expect(callback.searchParams.get('iss')).toBe(stage.issuer);
  });

  it('scopes', async () => {
    const scopes = announcedList('scopes_supported');
    const client = await stage.register({ type: 'public', scopes });
    const tokens = await stage.tokens(client, browser, { scope: scopes.join(' ') });
    expect(tokens.scope.split(' ')).toEqual(scopes);
    expect(tokens.refresh_token).toEqual(expect.any(String));
  });

  it('claims, of ID token and userinfo', async () => {
    await stage.system.query(
      `UPDATE "user" SET name = 'Ada King Lovelace', image = $2 WHERE email = $1`,
      [email, 'https://example.com/ada.png'],
    );
    const tokens = await stage.tokens(clients.none!, browser);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const userinfo = (await (
      await fetch(announcedAddress('userinfo_endpoint'), { headers })
    ).json()) as object;
    const idToken = payloadOf(tokens.id_token);
    const given = new Set([...Object.keys(idToken), ...Object.keys(userinfo)]);
    expect([...given].sort()).toEqual([...announcedList('claims_supported')].sort());
    expect(idToken.nonce).toBe('the nonce');
    expect(announced('acr_values_supported')).toEqual([idToken.acr]);
    expect(announced('subject_types_supported')).toEqual(['public']);
    expect(announced('claims_parameter_supported')).toBe(false);
  });

  it('keys and algorithms', async () => {
    const keys = createRemoteJWKSet(new URL(announcedAddress('jwks_uri')));
    const tokens = await stage.tokens(clients.none!, browser);
    const algorithms = announcedList('id_token_signing_alg_values_supported');
    expect(algorithms).toEqual([stage.system.settings.jwtAlgorithm]);
    const verified = await jwtVerify(tokens.id_token, keys, { algorithms, issuer: stage.issuer });
    expect(verified.payload.aud).toBe(clients.none!.clientId);
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({
      alg: algorithms[0],
      typ: 'at+jwt',
    });
  });

  it('prompts', async () => {
    const at = (prompt: string, who: Browser) =>
      who.authorize(stage.authorization(clients.none!.clientId, makePkce(), { prompt }));
    const pages = Object.fromEntries(
      await Promise.all(
        announcedList('prompt_values_supported').map(async (prompt) => [
          prompt,
          (
            await browser.follow(
              stage.authorization(clients.none!.clientId, makePkce(), { prompt }),
            )
          ).pathname,
        ]),
      ),
    );
    expect(pages).toEqual({
      none: '/callback',
      login: '/sign-in',
      consent: '/consent',
      create: '/sign-up',
      select_account: '/sign-in',
    });
    const nobody = await at('none', Person.open(stage.system));
    expect(nobody.searchParams.get('error')).toBe('login_required');
  });

  it('what is not supported is refused', async () => {
    for (const name of ['request', 'request_uri']) {
      expect(announced(`${name}_parameter_supported`)).toBe(false);
      const end = await browser.authorize(
        stage.authorization(clients.none!.clientId, makePkce(), { [name]: 'https://a.example/' }),
      );
      expect(end.searchParams.get('error')).toBe(`${name}_not_supported`);
    }
  });

  it('signing out', async () => {
    const person = await stage.user();
    const tokens = await stage.tokens(clients.none!, person.browser);
    const url = new URL(announcedAddress('end_session_endpoint'));
    url.searchParams.set('id_token_hint', tokens.id_token);
    url.searchParams.set('post_logout_redirect_uri', 'https://app.example.com/callback');
    expect((await person.browser.follow(url)).href).toBe('https://app.example.com/callback');
    expect((await stage.refresh(clients.none!, tokens.refresh_token)).status).toBe(400);
  });

  it('documentation URL', async () => {
    const { status } = await fetch(announcedAddress('service_documentation'));
    expect(status).toBe(200);
  });

  it('and the list is complete', () => {
    expect([...exercised].sort()).toEqual(Object.keys(metadata).sort());
  });

  it('and docs/security/oauth.md lists it', () => {
    const page = readFileSync(join(__dirname, '../../docs/security/oauth.md'), 'utf8');
    const listed = Object.keys(metadata).filter(
      // The page has them as "its auth methods" and "also of".
      (item) => !/^(introspection|revocation)_endpoint_auth_/.test(item),
    );
    expect(listed.filter((item) => !page.includes(`\`${item}\``))).toEqual([]);
  });
});
