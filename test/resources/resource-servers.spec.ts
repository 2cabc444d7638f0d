import { REMOVAL_CLEANUP } from '../../auth-server/oauth/token-cleanup';
import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { Resource } from '../../src/admin/resources/resources.schemas';
import { ResourceFixture, RESOURCES } from './resource-fixture';
import { makePkce, type OAuthStage, payloadOf } from '../oauth/stage';
import { Caller } from '../support/caller';
import { expectProblem } from '../support/problems';

let fixture: ResourceFixture;
let stage: OAuthStage;
let orders: Resource;
let stock: Resource;
let client: NewClient;

beforeAll(async () => {
  fixture = await ResourceFixture.start();
  ({ stage } = fixture);
  orders = await fixture.open('orders');
  stock = await fixture.open('stock', { tokenLifetime: 60 });
  client = await fixture.client('users:read', 'orders:read', 'orders:write', 'stock:read');
});

afterAll(() => stage.system.stop());

const ALL = 'openid offline_access users:read orders:read stock:read';

/** The whole grant, without a `resource` in the authorization. */
function grant() {
  return stage.code(client, fixture.browser, { scope: ALL });
}

function faultOf({ status, body }: { status: number; body: { error?: string } }): unknown[] {
  return [status, body.error];
}

describe('a token for a resource server', () => {
  it('has its audience alone, and its scopes alone', async () => {
    const resource = orders.identifier;
    const scope = 'openid users:read orders:read';
    const tokens = await stage.tokens(client, fixture.browser, { scope, resource });
    const claims = payloadOf(tokens.access_token);
    expect(claims).toMatchObject({ aud: resource, scope: 'orders:read', azp: client.clientId });
    expect(claims.auth_time).toEqual(expect.any(Number));
    expect(tokens).toMatchObject({ scope: 'orders:read', id_token: expect.any(String) });
  });

  it('has no decided claim from the row of its resource', async () => {
    const minted = {
      role: 'admin',
      act: { sub: 'x' },
      amr: ['hwk'],
      aud: stock.identifier,
      auth_time: 1,
      granted_at: 1,
      scope: 'users:write',
      sid: 'x',
      // Names without a meaning, which stay.
      granted: 'users:write',
      methods: ['hwk'],
      resource: stock.identifier,
      signedInAt: 1,
    };
    const write = (claims: object | null) =>
      stage.system.query('UPDATE oauth_resource SET custom_claims = $2 WHERE identifier = $1', [
        orders.identifier,
        claims,
      ]);
    const ask = async () => {
      const tokens = await stage.tokens(client, fixture.browser, { scope: 'openid orders:read' });
      const {
        iat: _iat,
        exp: _exp,
        jti: _jti,
        granted_at,
        ...claims
      } = payloadOf(tokens.access_token);
      expect(granted_at).toBeGreaterThan(1);
      return { claims, idToken: payloadOf(tokens.id_token) };
    };
    const before = await ask();
    await write(minted);
    try {
      const { claims, idToken } = await ask();
      const { granted, methods, resource, signedInAt } = minted;
      const others = { granted, methods, resource, signedInAt };
      expect(claims).toEqual({ ...before.claims, ...others });
      expect(idToken).toMatchObject({ amr: ['pwd'], auth_time: before.idToken.auth_time });
      expect(idToken).not.toHaveProperty('act');
      const account = await stage.register({ type: 'machine', scopes: ['orders:read'] });
      const answer = await stage.serviceAccountToken(account);
      const names = ['role', 'act', 'granted_at', 'sid', 'auth_time', 'amr'];
      for (const name of names) {
        expect(payloadOf(answer.body.access_token)).not.toHaveProperty(name);
      }
    } finally {
      await write(null);
    }
  });

  it('is refused by this API and by userinfo', async () => {
    const tokens = await stage.exchange(client, await grant(), { resource: orders.identifier });
    const token = tokens.body.access_token;
    const caller = new Caller(stage.system.apiUrl, token);
    expectProblem(await caller.get('/api/v1/admin/users'), 'invalid_token');
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(stage.at('userinfo'), { headers })).status).toBe(401);
  });

  it('is one of several of a grant: one for each resource, and for the API', async () => {
    const first = await stage.exchange(client, await grant(), { resource: orders.identifier });
    expect(payloadOf(first.body.access_token)).toMatchObject({
      aud: orders.identifier,
      scope: 'orders:read',
    });
    const second = await stage.refresh(client, first.body.refresh_token, {
      resource: stock.identifier,
    });
    expect(second.body).toMatchObject({ scope: 'stock:read', expires_in: 60 });
    expect(payloadOf(second.body.access_token).aud).toBe(stock.identifier);
    const third = await stage.refresh(client, second.body.refresh_token);
    expect(payloadOf(third.body.access_token)).toMatchObject({
      aud: expect.arrayContaining([stage.audience]),
      scope: 'openid offline_access users:read',
    });
    const fourth = await stage.refresh(client, third.body.refresh_token, {
      resource: orders.identifier,
      scope: 'orders:read',
    });
    expect(fourth.body.scope).toBe('orders:read');
  });

  it('is for the only resource of the grant when the request names none', async () => {
    const tokens = await stage.tokens(client, fixture.browser, { scope: 'orders:write' });
    expect(payloadOf(tokens.access_token).aud).toBe(orders.identifier);
  });

  it('is another one than the token for userinfo, which the client names', async () => {
    const scope = 'openid offline_access profile orders:read';
    const app = await fixture.client('profile', 'orders:read');
    const resource = stage.at('userinfo').href;
    const first = await stage.tokens(app, fixture.browser, { scope });
    expect(payloadOf(first.access_token)).toMatchObject({
      aud: orders.identifier,
      scope: 'orders:read',
    });
    const again = await stage.code(app, fixture.browser, { scope });
    for (const answer of [
      await stage.refresh(app, first.refresh_token, { resource }),
      await stage.exchange(app, again, { resource }),
    ]) {
      const token = answer.body.access_token;
      const shown = await fetch(resource, { headers: { authorization: `Bearer ${token}` } });
      expect(await shown.json()).toMatchObject({ name: expect.any(String) });
      expect(payloadOf(token)).toMatchObject({
        aud: resource,
        scope: 'openid offline_access profile',
      });
      const caller = new Caller(stage.system.apiUrl, token);
      expectProblem(await caller.get('/api/v1/users/me'), 'invalid_token');
    }
  });

  it('is not for two resources, for another one, or for one without a granted scope', async () => {
    const code = await grant();
    const form = new URLSearchParams([
      ['grant_type', 'authorization_code'],
      ['resource', orders.identifier],
      ['resource', stock.identifier],
      ['client_id', client.clientId],
    ]);
    const two = await fetch(stage.at('token'), { method: 'POST', body: form });
    expect([two.status, await two.json()]).toMatchObject([400, { error: 'invalid_target' }]);
    const first = await stage.exchange(client, code, { resource: stock.identifier });
    const refresh = first.body.refresh_token;
    const narrow = { resource: stock.identifier, scope: 'orders:read' };
    const invalid = [400, 'invalid_target'];
    expect(faultOf(await stage.refresh(client, refresh, narrow))).toEqual(invalid);
    const other = { resource: 'https://other.example.com' };
    expect(faultOf(await stage.refresh(client, refresh, other))).toEqual(invalid);
    const both = await stage.tokens(client, fixture.browser, {
      scope: 'offline_access orders:read stock:read',
      resource: orders.identifier,
    });
    const outside = { resource: stock.identifier };
    expect(faultOf(await stage.refresh(client, both.refresh_token, outside))).toEqual(invalid);
  });

  it('is for the same origin with the path "/" (RFC 3986, section 6.2.3)', async () => {
    const resource = `${orders.identifier}/`;
    const scope = 'offline_access orders:read';
    const code = await stage.code(client, fixture.browser, { scope, resource });
    const first = await stage.exchange(client, code, { resource });
    const second = await stage.refresh(client, first.body.refresh_token, { resource });
    for (const { body } of [first, second]) {
      expect(payloadOf(body.access_token).aud).toBe(orders.identifier);
    }
    const sites = await fixture.open('sites', { identifier: 'https://sites.example.com/' });
    const account = await stage.register({ type: 'machine', scopes: ['sites:read'] });
    const ask = (uri: string) => stage.serviceAccountToken(account, { resource: uri });
    const { body } = await ask(sites.identifier);
    expect(payloadOf(body.access_token).aud).toBe(sites.identifier);
    expect(faultOf(await ask(`${sites.identifier}other/`))).toEqual([400, 'invalid_target']);
  });

  it('is for the same URI in another spelling (RFC 3986, sections 6.2.2.1 and 6.2.3)', async () => {
    const maps = await fixture.open('maps', { identifier: 'https://maps.example.com/Area?x=1' });
    const account = await stage.register({ type: 'machine', scopes: ['maps:read'] });
    const ask = (uri: string) => stage.serviceAccountToken(account, { resource: uri });
    for (const uri of [
      'HTTPS://Maps.Example.com/Area?x=1',
      'https://maps.example.com:443/Area?x=1',
    ]) {
      expect(payloadOf((await ask(uri)).body.access_token).aud).toBe(maps.identifier);
    }
    for (const uri of [
      'https://maps.example.com/area?x=1',
      'https://maps.example.com/Area?X=1',
      'https://maps.example.com/Area/?x=1',
      'https://maps.example.com:80/Area?x=1',
      'http://maps.example.com:443/Area?x=1',
      'https://user@maps.example.com/Area?x=1',
    ]) {
      expect([uri, ...faultOf(await ask(uri))]).toEqual([uri, 400, 'invalid_target']);
    }
  });

  it('is issued to a service account', async () => {
    const account = await stage.register({ type: 'machine', scopes: ['users:read', 'stock:read'] });
    const scopeOf = async (changes: object) => {
      const { body } = await stage.serviceAccountToken(account, { ...changes });
      return [payloadOf(body.access_token).aud, body.scope, body.expires_in];
    };
    const ofStock = [stock.identifier, 'stock:read', 60];
    expect(await scopeOf({ resource: stock.identifier })).toEqual(ofStock);
    expect(await scopeOf({ scope: 'stock:read' })).toEqual(ofStock);
    expect((await scopeOf({})).slice(0, 2)).toEqual([stage.audience, 'users:read']);
    const refused = await stage.serviceAccountToken(account, { resource: orders.identifier });
    expect(faultOf(refused)).toEqual([400, 'invalid_target']);
  });
});

describe('the consent page', () => {
  it('shows the descriptions of the administrator as text', async () => {
    await fixture.open('photos', {
      name: 'Photo <i>shop</i>',
      scopes: [{ name: 'photos:read', description: 'see <script>alert(1)</script>' }],
    });
    const printer = await fixture.client('photos:read');
    const url = stage.authorization(printer.clientId, makePkce(), { scope: 'openid photos:read' });
    const page = await fixture.browser.read(await fixture.browser.follow(url));
    expect(page).toContain(
      'see &#60;script&#62;alert(1)&#60;/script&#62; (Photo &#60;i&#62;shop&#60;/i&#62;)',
    );
    expect(page).not.toContain('<script>alert');
  });
});

describe('a scope that is removed', () => {
  it('leaves its clients, and ends what users granted with it', async () => {
    const fleet = await fixture.open('fleet');
    const app = await fixture.client('fleet:read', 'fleet:write');
    const account = await stage.register({ type: 'machine', scopes: ['fleet:read'] });
    const scope = 'offline_access fleet:read fleet:write';
    const tokens = await stage.tokens(app, fixture.browser, { scope });
    const own = (await stage.serviceAccountToken(account)).body.access_token;
    expect(await fixture.isActive(tokens.access_token)).toBe(true);
    expect(await fixture.isActive(own)).toBe(true);
    const scopes = fleet.scopes.filter(({ name }) => name === 'fleet:write');
    const path = `${RESOURCES}/${fleet.id}`;
    expect((await stage.clients.patch(path, { scopes })).status).toBe(200);
    expect(await fixture.isActive(tokens.access_token)).toBe(false);
    expect(await fixture.isActive(own)).toBe(false);
    expect(faultOf(await stage.refresh(app, tokens.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(faultOf(await stage.serviceAccountToken(account))).toEqual([400, 'unauthorized_client']);
    const { body } = await stage.clients.get(`/api/v1/admin/clients/${app.clientId}`);
    expect(body.scopes).toEqual(['openid', 'offline_access', 'fleet:write']);
  });
});

describe('a scope of many users that is removed', () => {
  const COUNT = 2_001;

  it('gives nothing at once, and nothing former counts for a new scope with its name', async () => {
    const farm = await fixture.open('farm');
    const app = await fixture.client('farm:read', 'farm:write');
    const scope = 'offline_access farm:read farm:write';
    const tokens = await stage.tokens(app, fixture.browser, { scope });
    await addConsents(app.clientId);
    const path = `${RESOURCES}/${farm.id}`;
    const scopes = farm.scopes.filter(({ name }) => name === 'farm:write');
    expect((await stage.clients.patch(path, { scopes })).status).toBe(200);
    expect((await fixture.introspect(tokens.access_token)).body.scope).toBe('farm:write');
    const renewed = await stage.refresh(app, tokens.refresh_token);
    expect(renewed.body.scope).toBe('farm:write');
    expectProblem(await stage.clients.patch(path, { scopes: farm.scopes }), 'scope_taken');

    await stage.system.query(`UPDATE oauth_removal SET created_at = now() - interval '11 s'`);
    while ((await stage.system.query(REMOVAL_CLEANUP.sql, [1])).length > 0);
    expect((await stage.clients.patch(path, { scopes: farm.scopes })).status).toBe(200);
    await stage.change(app.clientId, { scopes: ['openid', ...scope.split(' ')] });
    for (const { access_token: token, refresh_token: next } of [tokens, renewed.body]) {
      expect(await fixture.isActive(token)).toBe(false);
      expect(faultOf(await stage.refresh(app, next))).toEqual([400, 'invalid_grant']);
    }
    const url = stage.authorization(app.clientId, makePkce(), { scope, prompt: 'none' });
    const callback = await fixture.browser.follow(url);
    expect(callback.searchParams.get('error')).toBe('consent_required');
  });

  function addConsents(clientId: string): Promise<unknown> {
    return stage.system.query(
      `WITH users AS (
         INSERT INTO "user" (id, name, email)
         SELECT 'farmer' || i, 'F', 'farmer' || i || '@example.com'
           FROM generate_series(1, ${COUNT}) i RETURNING id)
       INSERT INTO oauth_consent (id, client_id, user_id, scopes, created_at, updated_at)
       SELECT id, $1, id, '["farm:read"]', now(), now() FROM users`,
      [clientId],
    );
  }
});

describe('a resource that is deleted', () => {
  it('ends its tokens, and one with the same identifier does not bring them back', async () => {
    const parcels = await fixture.open('parcels');
    const app = await fixture.client('parcels:read');
    const scope = 'openid offline_access parcels:read';
    const tokens = await stage.tokens(app, fixture.browser, { scope });
    expect(await fixture.isActive(tokens.access_token)).toBe(true);
    expect((await stage.clients.delete(`${RESOURCES}/${parcels.id}`)).status).toBe(204);
    expect(await fixture.isActive(tokens.access_token)).toBe(false);
    expect((await stage.refresh(app, tokens.refresh_token)).status).toBe(400);
    await fixture.open('parcels');
    expect(await fixture.isActive(tokens.access_token)).toBe(false);
    expect((await stage.refresh(app, tokens.refresh_token)).status).toBe(400);
    const url = stage.authorization(app.clientId, makePkce(), { scope });
    const callback = await fixture.browser.follow(url);
    expect(callback.searchParams.get('error')).toBe('invalid_scope');
  });
});
