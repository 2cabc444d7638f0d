import type { NewClient } from '../../src/admin/clients/clients.schemas';
import { OAuthStage, payloadOf } from './stage';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';
import type { SignedInUser } from '../support/system';

let stage: OAuthStage;
let someone: SignedInUser;

beforeAll(async () => {
  stage = await OAuthStage.start();
  someone = await stage.system.asUser();
});

afterAll(() => stage.system.stop());

function callerWith(token: string): Caller {
  return new Caller(stage.system.apiUrl, token);
}

async function serviceAccountWith(...scopes: NewClient['scopes']): Promise<Caller> {
  return (await stage.system.asServiceAccount(scopes)).caller;
}

/** Routes that a service account may call, with their scope. */
const OPEN_ROUTES = [
  ['GET', '/api/v1/admin/users', 'users:read'],
  ['GET', '/api/v1/admin/users/{id}', 'users:read'],
  ['GET', '/api/v1/admin/users/{id}/sessions', 'users:read'],
  ['GET', '/api/v1/admin/stats', 'users:read'],
  ['GET', '/api/v1/admin/audit-events', 'audit:read'],
  ['POST', '/api/v1/admin/users', 'users:write', { email: 'made@example.com', name: 'Made' }],
  ['PATCH', '/api/v1/admin/users/{id}', 'users:write', { name: 'Renamed' }],
  ['PUT', '/api/v1/admin/users/{id}/role', 'users:write', { role: 'user' }],
  ['PUT', '/api/v1/admin/users/{id}/ban', 'users:write', {}],
  ['DELETE', '/api/v1/admin/users/{id}/ban', 'users:write'],
  ['POST', '/api/v1/admin/users/{id}/password-reset', 'users:write'],
  ['DELETE', '/api/v1/admin/users/{id}/sessions', 'users:write'],
  ['DELETE', '/api/v1/admin/users/{id}', 'users:write'],
] as const;

/** Routes for users only: the own account, clients, impersonation. */
const CLOSED_ROUTES = [
  ['GET', '/api/v1/users/me'],
  ['PATCH', '/api/v1/users/me', { name: 'x' }],
  ['DELETE', '/api/v1/users/me'],
  ['GET', '/api/v1/users/me/sessions'],
  ['DELETE', '/api/v1/users/me/sessions'],
  ['GET', '/api/v1/users/me/accounts'],
  ['GET', '/api/v1/users/me/export'],
  ['GET', '/api/v1/users/{id}'],
  ['GET', '/api/v1/auth/session'],
  ['POST', '/api/v1/auth/sign-out'],
  ['GET', '/api/v1/admin/clients'],
  ['POST', '/api/v1/admin/clients', { name: 'x', type: 'machine', scopes: ['users:read'] }],
  ['DELETE', '/api/v1/admin/clients/gatehouse-docs'],
  ['POST', '/api/v1/admin/users/{id}/impersonate'],
] as const;

describe('a service account', () => {
  it('gets a token with itself as subject, and no user', async () => {
    const client = await stage.register({ type: 'machine', scopes: ['users:read', 'audit:read'] });
    const { status, body, headers } = await stage.serviceAccountToken(client);
    const { settings } = stage.system;
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: settings.jwtTtl / 1_000,
      scope: 'users:read audit:read',
    });
    expect(body).not.toHaveProperty('refresh_token');
    expect(payloadOf(body.access_token)).toEqual({
      iss: settings.jwtIssuer,
      aud: settings.jwtAudience,
      sub: client.clientId,
      client_id: client.clientId,
      azp: client.clientId,
      scope: 'users:read audit:read',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
    });
  });

  it('can request fewer scopes than it has, and no others', async () => {
    const client = await stage.register({ type: 'machine', scopes: ['users:read', 'audit:read'] });
    const less = await stage.serviceAccountToken(client, { scope: 'audit:read' });
    expect(less.body.scope).toBe('audit:read');
    for (const scope of ['users:write', 'openid', 'offline_access', 'audit:read users:write']) {
      const more = await stage.serviceAccountToken(client, { scope });
      expect([more.status, more.body.error]).toEqual([400, 'invalid_scope']);
    }
  });

  it.each(OPEN_ROUTES)('can %s %s with %s, and gets an error without it', async (...route) => {
    const [method, template, scope, body] = route;
    const target = await stage.system.asUser();
    const path = template.replace('{id}', target.id);
    const lacking = scope === 'audit:read' ? 'users:read' : 'audit:read';
    const refused = await (await serviceAccountWith(lacking)).call(method, path, { body });
    expectProblem(refused, 'insufficient_scope');
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="${scope}", ` +
        `resource_metadata="${stage.system.apiUrl}/.well-known/oauth-protected-resource"`,
    );
    const taken = await (await serviceAccountWith(scope)).call(method, path, { body });
    expect(taken.status).toBeLessThan(300);
  });

  it.each(CLOSED_ROUTES)('cannot %s %s with any scope', async (...route) => {
    const [method, template, body] = route;
    const serviceAccount = await serviceAccountWith('users:read', 'users:write', 'audit:read');
    const path = template.replace('{id}', someone.id);
    const answer = await serviceAccount.call(method, path, { body });
    expectProblem(answer, 'user_required');
  });

  it('is recorded as actor', async () => {
    const target = await stage.system.asUser();
    const client = await stage.register({ type: 'machine', scopes: ['users:write'] });
    const { body: tokens } = await stage.serviceAccountToken(client);
    await callerWith(tokens.access_token).patch(`/api/v1/admin/users/${target.id}`, { name: 'x' });
    const { body } = await stage.clients.get<{ items: object[] }>(
      `/api/v1/admin/audit-events?subject=${target.id}&action=user.updated`,
    );
    expect(body.items).toMatchObject([{ actor: { type: 'client', id: client.clientId } }]);
  });
});

describe("the documentation's client", () => {
  it('can do what its user may do, without consent and scopes', async () => {
    const { browser, user } = await stage.user();
    const { settings } = stage.system;
    const redirectUri = `${settings.apiUrl}/docs/oauth2-redirect.html`;
    const docs = { clientId: 'gatehouse-docs' } as NewClient;
    const tokens = await stage.exchange(
      docs,
      await stage.code(docs, browser, { redirect_uri: redirectUri, scope: 'openid' }),
      { redirect_uri: redirectUri },
    );
    const caller = callerWith(tokens.body.access_token);
    expect((await caller.patch('/api/v1/users/me', { name: 'Changed' })).status).toBe(200);
    expectProblem(await caller.get('/api/v1/admin/users'), 'forbidden');
    await stage.system.query(`UPDATE "user" SET role = 'admin' WHERE id = $1`, [user.id]);
    await eventually(async () => {
      expect((await caller.get('/api/v1/admin/users')).status).toBe(200);
    });
  });
});
