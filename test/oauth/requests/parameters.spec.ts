import type { NewClient } from '../../../src/admin/clients/clients.schemas';
import type { Browser } from '../browser';
import { makePkce, OAuthStage, type Parameters, payloadOf } from '../stage';

let stage: OAuthStage;
let client: NewClient;
let serviceAccount: NewClient;
let browser: Browser;

beforeAll(async () => {
  stage = await OAuthStage.start();
  ({ browser } = await stage.user());
  client = await stage.register({ type: 'confidential' });
  serviceAccount = await stage.register({ type: 'machine' });
});

afterAll(() => stage.system.stop());

const SCOPES = 'openid offline_access openid  profile openid';
const SET = ['openid', 'offline_access', 'profile'];

describe('a scope that is repeated is one scope (RFC 6749, section 3.3)', () => {
  it('in the consent, in the tokens, and at the renewal', async () => {
    const tokens = await stage.tokens(client, browser, { scope: SCOPES });
    expect(tokens.scope).toBe(SET.join(' '));
    expect(payloadOf(tokens.access_token).scope).not.toMatch(/\b(\w+)\b.*\b\1\b/);
    const renewed = await stage.refresh(client, tokens.refresh_token, { scope: 'openid openid' });
    expect([renewed.status, renewed.body.scope]).toEqual([200, 'openid']);
    for (const table of ['oauth_consent', 'oauth_refresh_token']) {
      const rows = await stage.system.query(`SELECT DISTINCT scopes FROM ${table}
        WHERE client_id = '${client.clientId}'`);
      expect(rows).toEqual([{ scopes: SET }]);
    }
  });

  it('in an answer to the consent page', async () => {
    const other = await stage.register({ type: 'public' });
    const page = await browser.follow(stage.authorization(other.clientId, makePkce()));
    await browser.answerConsent(page, { scope: 'openid openid profile' });
    const rows = await stage.system.query(
      `SELECT scopes FROM oauth_consent WHERE client_id = '${other.clientId}'`,
    );
    expect(rows).toEqual([{ scopes: ['openid', 'profile'] }]);
  });

  it('a scope of spaces is omitted, as an empty one', async () => {
    const other = await stage.register({ type: 'public' });
    const [spaces, empty] = await Promise.all(
      ['  ', ''].map(async (scope) => {
        const url = stage.authorization(other.clientId, makePkce(), { scope });
        const { pathname, searchParams } = await browser.follow(url);
        return [pathname, searchParams.get('scope')];
      }),
    );
    expect(spaces).toEqual(empty);
    expect(spaces![0]).toBe('/consent');
    const tokens = await Promise.all(
      ['  ', ''].map((scope) => stage.serviceAccountToken(serviceAccount, { scope })),
    );
    expect(tokens.map(({ status }) => status)).toEqual([200, 200]);
    expect(tokens[0]!.body.scope).toBe(tokens[1]!.body.scope);
  });

  it.each([undefined, 'null', '[]', '"text"', '{"scope":["openid"]}'])(
    'an answer to the consent page that is %s is refused',
    async (body) => {
      const answer = await fetch(`${stage.system.settings.authUrl}/api/auth/oauth2/consent`, {
        method: 'POST',
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body,
      });
      expect([400, 401]).toContain(answer.status);
    },
  );

  it('in the token of a service account', async () => {
    const scope = 'users:read '.repeat(5_000);
    const { status, body } = await stage.serviceAccountToken(serviceAccount, { scope });
    expect([status, body.scope]).toEqual([200, 'users:read']);
    expect(payloadOf(body.access_token).scope).toBe('users:read');
  });
});

describe('the description of an error is short and has only characters of RFC 6749', () => {
  const DESCRIPTION = /^The following scopes are invalid: [\x20-\x21\x23-\x5B\x5D-\x7E]{1,200}$/;
  const UNKNOWN: [string, string][] = [
    ['a long scope', 'x'.repeat(5_000)],
    ['many scopes', Array.from({ length: 900 }, (_, index) => `x${index}`).join(' ')],
    ['a scope with other characters', '"ü\\'],
  ];

  it.each(UNKNOWN)('for %s of an authorization request', async (_title, scope) => {
    const url = stage.authorization(client.clientId, makePkce(), { scope });
    const { searchParams } = await browser.follow(url);
    expect(searchParams.get('error')).toBe('invalid_scope');
    expect(searchParams.get('error_description')).toMatch(DESCRIPTION);
  });

  it.each(UNKNOWN)('for %s of a service account', async (_title, scope) => {
    const { status, body } = await stage.serviceAccountToken(serviceAccount, { scope });
    expect([status, body.error]).toEqual([400, 'invalid_scope']);
    expect(body.error_description).toMatch(DESCRIPTION);
  });

  it('for a long resource', async () => {
    const resource = `https://${'x'.repeat(2_000)}.example.com`;
    const { status, body } = await stage.serviceAccountToken(serviceAccount, { resource });
    expect([status, body.error]).toEqual([400, 'invalid_target']);
    expect(body.error_description!.length).toBeLessThan(250);
  });
});

describe('an authorization request in which a parameter is repeated (RFC 6749, section 3.1)', () => {
  const REPEATED: Parameters = {
    response_type: 'code',
    client_id: 'other',
    redirect_uri: 'https://other.example.com/',
    scope: 'openid',
    state: 'other',
    nonce: 'other',
    prompt: 'none',
    max_age: '1',
    claims: '{}',
    acr_values: '0',
    ui_locales: 'en',
    login_hint: 'other',
  };

  it.each(Object.entries(REPEATED))('%s has no code', async (name, value) => {
    const url = stage.authorization(client.clientId, makePkce());
    // The last value is the right one.
    const right = url.searchParams.get(name) ?? value!;
    url.searchParams.set(name, value!);
    url.searchParams.append(name, right);
    const next = await browser.authorize(url);
    expect(next.searchParams.get('code')).toBeNull();
    expect(next.searchParams.get('error')).toMatch(/^(invalid_request|unsupported_response_type)$/);
    const posted = await browser.submit(url);
    expect([posted.origin, posted.pathname]).toEqual([next.origin, next.pathname]);
    for (const answered of ['error', 'error_description', 'state', 'code']) {
      expect([answered, posted.searchParams.get(answered)]).toEqual([
        answered,
        next.searchParams.get(answered),
      ]);
    }
  });

  it('has the same answer as a form without repetitions when it has none', async () => {
    const url = stage.authorization(client.clientId, makePkce());
    expect((await browser.submit(url)).pathname).toBe((await browser.follow(url)).pathname);
  });
});
