import { Browser } from './browser';
import { makePkce, OAuthStage, payloadOf, REDIRECT_URI } from './stage';
import { USER_SCOPES } from '../../contract';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { type OpenApiDocument, operationsOf } from '../support/documents/openapi';
import { expectProblem } from '../support/problems';
import type { SignedInUser } from '../support/system';

const SCOPES = [...USER_SCOPES, 'users:read', 'users:write', 'audit:read'] as const;
const ME = '/api/v1/users/me';

let stage: OAuthStage;
let someone: SignedInUser;

beforeAll(async () => {
  stage = await OAuthStage.start();
  someone = await stage.system.asUser();
});

afterAll(() => stage.system.stop());

async function clientFor(user: SignedInUser, scope: string): Promise<Caller> {
  return (await stage.system.asClient(user, scope.split(' '))).caller;
}

const ALL_SCOPES = SCOPES.join(' ');
const PROFILE_FIELDS = ['createdAt', 'id', 'image', 'name', 'updatedAt'];
const EMAIL_FIELDS = ['email', 'emailVerified'];

describe('a client that acts for a user', () => {
  it.each([
    ['openid profile', PROFILE_FIELDS],
    ['openid profile email', [...EMAIL_FIELDS, ...PROFILE_FIELDS]],
    [ALL_SCOPES, [...EMAIL_FIELDS, ...PROFILE_FIELDS]],
  ])('with %s reads only the fields of these scopes of its user', async (scope, fields) => {
    const client = await clientFor(someone, scope);
    const whole = (await someone.caller.get<Record<string, unknown>>(ME)).body;
    const expected = Object.fromEntries(fields.toSorted().map((field) => [field, whole[field]]));
    for (const path of [ME, `/api/v1/users/${someone.id}`]) {
      const { status, body } = await client.get(path);
      expect([status, body]).toEqual([200, expected]);
    }
    expect(whole).toMatchObject({ role: 'user', banned: false, banReason: null, banExpires: null });
  });

  it.each(['openid', 'openid email users:read'])(
    'cannot read its user with %s, without profile',
    async (scope) => {
      const client = await clientFor(someone, scope);
      for (const path of [ME, `/api/v1/users/${someone.id}`]) {
        const answer = await client.get(path);
        expectProblem(answer, 'insufficient_scope');
        expect(answer.headers.get('www-authenticate')).toContain('scope="profile"');
      }
    },
  );

  it('with an ETag of the whole profile gets its own part, not 304', async () => {
    const client = await clientFor(someone, 'openid profile');
    const { headers } = await someone.caller.get(ME);
    const etag = { 'if-none-match': headers.get('etag')! };
    expect((await client.call('GET', ME, { headers: etag })).status).toBe(200);
    expect((await someone.caller.call('GET', ME, { headers: etag })).status).toBe(304);
  });

  it('of an administrator cannot call a route that names no scope, for every method', async () => {
    const admin = await stage.system.asNewAdmin();
    const client = await clientFor(admin, ALL_SCOPES);
    const { body } = await client.get<OpenApiDocument>('/openapi.json');
    const closed = [...operationsOf(body)].filter(
      ([, { security, 'x-scopes': scopes }]) => security.length > 0 && !scopes,
    );
    const names = closed.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'GET /api/v1/auth/session',
        'POST /api/v1/auth/sign-out',
        `PATCH ${ME}`,
        `DELETE ${ME}`,
        `GET ${ME}/sessions`,
        `GET ${ME}/accounts`,
        `GET ${ME}/export`,
        'GET /api/v1/admin/clients',
        'POST /api/v1/admin/users/{id}/impersonate',
        'DELETE /api/v1/admin/users/{id}/two-factor',
        'DELETE /api/v1/admin/users/{id}/sign-in-methods',
      ]),
    );
    for (const name of names) {
      const [method, template] = name.split(' ') as [string, string];
      const path = template.replace(/\{\w+\}/g, someone.id);
      expectProblem(await client.call(method, path), 'user_required');
      if (method === 'GET') expect((await client.call('HEAD', path)).status).toBe(403);
    }
    expect((await admin.caller.get(ME)).status).toBe(200);
  });

  it('can call a route when both scope and role allow it', async () => {
    const client = await clientFor(await stage.system.asNewAdmin(), 'openid profile users:read');
    expect((await client.get('/api/v1/admin/users')).status).toBe(200);
    const write = await client.put(`/api/v1/admin/users/${someone.id}/role`, { role: 'user' });
    expectProblem(write, 'insufficient_scope');
  });

  it('gets tokens that name the administrator in an impersonation, also after a renewal', async () => {
    const admin = await stage.system.asNewAdmin();
    const browser = await Browser.signedIn(stage.system, admin.email);
    const client = await stage.register({ type: 'public' });
    // Only the user can consent.
    await stage.tokens(client, await Browser.signedIn(stage.system, someone.email));
    await browser.post('/admin/impersonate-user', { userId: someone.id });
    const first = await stage.tokens(client, browser);
    const { body: second } = await stage.refresh(client, first.refresh_token);
    const tokens = [first, second].flatMap((body) => [body.access_token, body.id_token]);
    for (const token of tokens) {
      expect(payloadOf(token)).toMatchObject({ sub: someone.id, act: { sub: admin.id } });
      expect(payloadOf(token)).not.toHaveProperty('auth_time');
      expect(payloadOf(token)).not.toHaveProperty('amr');
    }
    const api = new Caller(stage.system.apiUrl, second.access_token);
    expect((await api.get(ME)).body).toMatchObject({ id: someone.id });
  });

  it('can ask for a code and userinfo by POST, and sign out, in an impersonation', async () => {
    const admin = await stage.system.asNewAdmin();
    const browser = await Browser.signedIn(stage.system, admin.email);
    const client = await stage.register({ type: 'public' });
    await stage.tokens(client, await Browser.signedIn(stage.system, someone.email));
    await browser.post('/admin/impersonate-user', { userId: someone.id });
    const pkce = makePkce();
    const callback = await browser.submit(stage.authorization(client.clientId, pkce));
    const code = { code: callback.searchParams.get('code')!, verifier: pkce.verifier, callback };
    const { body: tokens } = await stage.exchange(client, code);
    const { access_token } = tokens;
    await expect(browser.submit(stage.at('userinfo', { access_token }))).rejects.toThrow(
      `200 {"sub":"${someone.id}"`,
    );
    await expect(
      browser.submit(stage.at('end-session/confirm', { action: 'confirm' })),
    ).rejects.toThrow('The logout confirmation is invalid');
    const { id_token: hint } = tokens;
    const signOut = { id_token_hint: hint, post_logout_redirect_uri: REDIRECT_URI };
    expect((await browser.submit(stage.at('end-session', signOut))).href).toBe(REDIRECT_URI);
    expect((await stage.refresh(client, tokens.refresh_token)).status).toBe(400);
  });

  it('gets nothing for a code of an impersonation that has ended', async () => {
    const admin = await stage.system.asNewAdmin();
    const browser = await Browser.signedIn(stage.system, admin.email);
    const client = await stage.register({ type: 'public' });
    await stage.tokens(client, await Browser.signedIn(stage.system, someone.email));
    await browser.post('/admin/impersonate-user', { userId: someone.id });
    const tokens = await stage.tokens(client, browser);
    const code = await stage.code(client, browser);
    expect((await browser.post('/admin/stop-impersonating', {})).status).toBe(200);
    const exchanged = await stage.exchange(client, code);
    const renewed = await stage.refresh(client, tokens.refresh_token);
    for (const answer of [exchanged, renewed]) {
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    }
    const api = new Caller(stage.system.apiUrl, tokens.access_token);
    await eventually(async () => expect((await api.get(ME)).status).toBe(401));
  });

  it('cannot use a scope that the role does not allow', async () => {
    const client = await clientFor(someone, ALL_SCOPES);
    expectProblem(await client.get('/api/v1/admin/users'), 'forbidden');
  });

  it('of an administrator reads other users only with users:read', async () => {
    const admin = await stage.system.asNewAdmin();
    const client = await clientFor(admin, 'openid profile');
    expect((await client.get(`/api/v1/users/${admin.id}`)).status).toBe(200);
    expectProblem(await client.get(`/api/v1/users/${someone.id}`), 'insufficient_scope');
    expectProblem(await client.get('/api/v1/users/nobody'), 'insufficient_scope');
    const reader = await clientFor(admin, 'openid profile users:read');
    expect((await reader.get(`/api/v1/users/${someone.id}`)).body).toMatchObject({ role: 'user' });
  });
});

describe('a first-party client', () => {
  const ADMIN_USERS = '/api/v1/admin/users';

  /** Tokens without a consent page: the scopes are those of OpenID Connect alone. */
  async function signIn(user: SignedInUser, firstParty: boolean) {
    const client = await stage.register({ type: 'public', firstParty });
    const browser = await Browser.signedIn(stage.system, user.email);
    const pkce = makePkce();
    const next = await browser.follow(
      stage.authorization(client.clientId, pkce, { scope: 'openid' }),
    );
    const code = next.searchParams.get('code');
    if (code === null) return { client, next, caller: null };
    const { body } = await stage.exchange(client, {
      code,
      verifier: pkce.verifier,
      callback: next,
    });
    return { client, next, caller: new Caller(stage.system.apiUrl, body.access_token) };
  }

  it('asks for no consent, and another client does', async () => {
    expect((await signIn(someone, true)).caller).not.toBeNull();
    const { next, caller } = await signIn(someone, false);
    expect([next.pathname, caller]).toEqual(['/consent', null]);
  });

  it('may do what the role of its user allows, without scopes', async () => {
    const { caller } = await signIn(someone, true);
    expect((await caller!.patch(ME, { name: 'By the front end' })).status).toBe(200);
    expectProblem(await caller!.get(ADMIN_USERS), 'forbidden');
    const { caller: administrator } = await signIn(await stage.system.asNewAdmin(), true);
    expect((await administrator!.get(ADMIN_USERS)).status).toBe(200);
  });

  it('loses its grants at once when it stops being one, and events record both', async () => {
    const { caller, client } = await signIn(someone, true);
    expect((await caller!.get(ME)).status).toBe(200);
    const changed = await stage.change(client.clientId, { firstParty: false });
    expect(changed.firstParty).toBe(false);
    expectProblem(await caller!.get(ME), 'invalid_token');
    const events = await stage.system.query(
      `SELECT action, after->'firstParty' AS value FROM audit_event
        WHERE subject_id = $1 AND action LIKE 'client.%' ORDER BY id`,
      [client.clientId],
    );
    expect(events).toEqual([
      { action: 'client.created', value: true },
      { action: 'client.updated', value: false },
    ]);
  });

  it('is announced by every writer', async () => {
    const scopes = [...SCOPES];
    const client = await stage.register({ type: 'public', scopes });
    const browser = await Browser.signedIn(stage.system, someone.email);
    const tokens = await stage.tokens(client, browser, { scope: 'openid' });
    const caller = new Caller(stage.system.apiUrl, tokens.access_token);
    expectProblem(await caller.patch(ME, { name: 'No' }), 'user_required');
    await stage.system.query('UPDATE oauth_client SET skip_consent = true WHERE client_id = $1', [
      client.clientId,
    ]);
    await eventually(async () => {
      expect((await caller.patch(ME, { name: 'Now' })).status).toBe(200);
    });
  });
});
