import { Client } from 'pg';
import type { Resource, ResourcePage } from '../../src/admin/resources/resources.schemas';
import { ResourceFixture, RESOURCES } from './resource-fixture';
import type { OAuthStage } from '../oauth/stage';
import { API_SCOPES, CLIENT_PATHS } from '../../contract';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';

let fixture: ResourceFixture;
let stage: OAuthStage;
let orders: Resource;

beforeAll(async () => {
  fixture = await ResourceFixture.start();
  ({ stage } = fixture);
  orders = await fixture.open('orders');
});

afterAll(() => stage.system.stop());

const SCOPE = { name: 'another:read', description: 'see it' };
const FINE = { identifier: 'urn:example:another', name: 'Another', scopes: [SCOPE] };

describe('the list of resources', () => {
  it('has this API, with the scopes of its code, as one that cannot be changed', async () => {
    const { items } = (await stage.clients.get<ResourcePage>(RESOURCES)).body;
    const api = items.find(({ builtIn }) => builtIn)!;
    expect(api.identifier).toBe(stage.audience);
    expect(api.scopes.map(({ name }) => name)).toEqual([...API_SCOPES]);
    const path = `${RESOURCES}/${api.id}`;
    expectProblem(await stage.clients.patch(path, { name: 'x' }), 'built_in_resource');
    expectProblem(await stage.clients.delete(path), 'built_in_resource');
  });

  it('has pages, the newest first', async () => {
    const first = await stage.clients.get<ResourcePage>(`${RESOURCES}?limit=1`);
    expect(first.body.items).toHaveLength(1);
    expect(first.headers.get('link')).toContain('rel="next"');
    const second = await stage.clients.get<ResourcePage>(
      `${RESOURCES}?limit=1&cursor=${first.body.nextCursor}`,
    );
    expect(second.body.items[0]!.createdAt <= first.body.items[0]!.createdAt).toBe(true);
    expect(second.body.items[0]!.id).not.toBe(first.body.items[0]!.id);
  });
});

describe('a new resource', () => {
  it.each([
    ['a relative identifier', { identifier: 'orders' }, '/identifier'],
    ['a fragment', { identifier: 'https://a.example/#x' }, '/identifier'],
    ['a script', { identifier: 'javascript:alert(1)' }, '/identifier'],
    ['a space', { identifier: 'https://a.example/ x' }, '/identifier'],
    ['no scopes', { scopes: [] }, '/scopes'],
    ['a scope twice', { scopes: [SCOPE, SCOPE] }, '/scopes'],
    ['a scope of OpenID', { scopes: [{ ...SCOPE, name: 'openid' }] }, '/scopes/0/name'],
    ['a scope of this API', { scopes: [{ ...SCOPE, name: 'users:read' }] }, '/scopes/0/name'],
    ['two scopes in one name', { scopes: [{ ...SCOPE, name: 'a b' }] }, '/scopes/0/name'],
    ['a short lifetime', { tokenLifetime: 5 }, '/tokenLifetime'],
    ['a long lifetime', { tokenLifetime: 90_000 }, '/tokenLifetime'],
    ['a lifetime above that of tokens', { tokenLifetime: 86_400 }, '/tokenLifetime'],
    ['an unknown client', { clients: ['nothing'] }, '/clients/0'],
    ['an unknown field', { allowedScopes: null }, '/allowedScopes'],
  ])('is refused with %s', async (_title, change, pointer) => {
    const answer = await fixture.create({ ...FINE, ...change });
    const { errors } = expectProblem(answer, 'validation_failed');
    expect(errors?.map((one) => one.pointer)).toContain(pointer);
  });

  it.each(['', '/', '/api/auth/oauth2/userinfo', '/api/auth/oauth2/token'])(
    'is refused with an identifier of the authorization server: %j',
    async (path) => {
      const identifier = stage.system.settings.authUrl.toUpperCase().replace('HTTP', 'http') + path;
      const answer = await stage.clients.post(RESOURCES, { ...FINE, identifier });
      expectProblem(answer, 'validation_failed');
      expect(answer.body).toMatchObject({ errors: [{ pointer: '/identifier' }] });
    },
  );

  it('is refused with a client without a secret', async () => {
    const { clientId } = await stage.register({ type: 'public' });
    expectProblem(await fixture.create({ ...FINE, clients: [clientId] }), 'validation_failed');
  });

  it('is refused with the identifier or a scope of another one', async () => {
    for (const identifier of [orders.identifier, stage.audience]) {
      expectProblem(await fixture.create({ ...FINE, identifier }), 'resource_exists');
    }
    const scopes = [SCOPE, orders.scopes[0]];
    expectProblem(await fixture.create({ ...FINE, scopes }), 'scope_taken');
    const rows = await stage.system.query('SELECT FROM oauth_resource WHERE identifier = $1', [
      FINE.identifier,
    ]);
    expect(rows).toEqual([]);
  });

  it('gives its scopes to clients at once, and to the metadata', async () => {
    const unknown = { name: 'x', type: 'machine', scopes: ['news:read'] };
    const path = '/api/v1/admin/clients';
    expectProblem(await stage.clients.post(path, unknown), 'validation_failed');
    await fixture.open('news');
    expect((await stage.clients.post(path, unknown)).status).toBe(201);
    const url = `${stage.issuer}/.well-known/oauth-authorization-server`;
    const { scopes_supported: scopes } = (await (await fetch(url)).json()) as {
      scopes_supported: string[];
    };
    expect(scopes).toEqual(expect.arrayContaining(['openid', 'users:read', 'news:read']));
  });

  it('is registered once by several requests at once', async () => {
    const body = { ...FINE, identifier: 'urn:example:race' };
    const race = (name: string) => fixture.create({ ...body, scopes: [{ ...SCOPE, name }] });
    const answers = await Promise.all(['race:a', 'race:b', 'race:c'].map((name) => race(name)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  });
});

describe('a change', () => {
  it('replaces the fields that it has, and is recorded', async () => {
    const { id, identifier } = await fixture.open('mail');
    const path = `${RESOURCES}/${id}`;
    const read = await stage.clients.get(path);
    const change = {
      name: 'Letters',
      tokenLifetime: 120,
      clients: [],
      scopes: [{ name: 'mail:read', description: 'read letters' }],
    };
    const etag = read.headers.get('etag')!;
    expect((await stage.clients.get(path, { 'if-none-match': etag })).status).toBe(304);
    const changed = await stage.clients.patch<Resource>(path, change, { 'if-match': etag });
    expect(changed.body).toMatchObject({ id, identifier, ...change, builtIn: false });
    expect(changed.headers.get('etag')).toBe((await stage.clients.get(path)).headers.get('etag'));
    const late = await stage.clients.patch(path, { name: 'Late' }, { 'if-match': etag });
    expectProblem(late, 'precondition_failed');
    expectProblem(await stage.clients.delete(path, { 'if-match': etag }), 'precondition_failed');
    expectProblem(await stage.clients.patch(path, { identifier: 'urn:x' }), 'validation_failed');
    expectProblem(await stage.clients.patch(path, {}), 'validation_failed');
    const longest = stage.system.settings.jwtTtl / 1_000;
    const refused = await stage.clients.patch(path, { tokenLifetime: longest + 1 });
    expect(expectProblem(refused, 'validation_failed').errors).toEqual([
      {
        pointer: '/tokenLifetime',
        detail: `Must be at most ${longest}, the lifetime of access tokens (JWT_TTL)`,
      },
    ]);
    expect((await stage.clients.patch(path, { tokenLifetime: longest })).status).toBe(200);
    await stage.clients.patch(path, { tokenLifetime: 120 });
    await stage.clients.delete(path);
    expectProblem(await stage.clients.get(path), 'not_found');
    expectProblem(await stage.clients.patch(path, { name: 'x' }), 'not_found');
    expectProblem(await stage.clients.delete(path), 'not_found');
    const { body } = await stage.clients.get<{ items: { action: string; after: unknown }[] }>(
      `/api/v1/admin/audit-events?subject=${id}`,
    );
    expect(body.items).toMatchObject([
      { action: 'resource.deleted', subject: { type: 'resource', id } },
      { action: 'resource.updated', after: { tokenLifetime: 120 } },
      { action: 'resource.updated', after: { tokenLifetime: longest } },
      { action: 'resource.updated', after: change },
      { action: 'resource.created', after: { identifier } },
    ]);
  });
});

describe('changes of several callers with the same ETag', () => {
  it('succeed for one of them', async () => {
    const { id } = await fixture.open('maps');
    const path = `${RESOURCES}/${id}`;
    for (let round = 0; round < 5; round += 1) {
      const headers = { 'if-match': (await stage.clients.get(path)).headers.get('etag')! };
      const answers = await Promise.all(
        [0, 1, 2].map((index) =>
          stage.clients.patch(path, { name: `Maps ${round}.${index}` }, headers),
        ),
      );
      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
      expect(statuses).toEqual([200, 412, 412]);
    }
  });
});

describe('a scope that is removed while a client with it is created', () => {
  let first: Client;
  let second: Client;

  beforeEach(async () => {
    first = new Client(stage.system.database.url);
    second = new Client(stage.system.database.url);
    await Promise.all([first.connect(), second.connect()]);
    await first.query('BEGIN');
  });

  afterEach(() => Promise.all([first.end(), second.end()]));

  it('is unknown to a client that waits for the removal', async () => {
    await fixture.open('tea');
    await first.query(`DELETE FROM oauth_resource_scope WHERE name = 'tea:read'`);
    const creation = createClient('tea:read');
    await eventually(async () => expect(await waitsOfKind('advisory')).toBe(1));
    await first.query('COMMIT');
    const answer = await creation;
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'UNKNOWN_SCOPE' }]);
  });

  it('is taken away from a client for which the removal waits', async () => {
    await fixture.open('milk');
    await first.query('LOCK TABLE oauth_client IN SHARE MODE');
    const creation = createClient('milk:read');
    await eventually(async () => expect(await waitsOfKind('relation')).toBe(1));
    const removal = second.query(`DELETE FROM oauth_resource_scope WHERE name = 'milk:read'`);
    await eventually(async () => expect(await waitsOfKind('advisory')).toBe(1));
    await first.query('COMMIT');
    const answer = await creation;
    await removal;
    const { clientId } = (await answer.json()) as { clientId: string };
    const rows = await stage.system.query(
      'SELECT client_credentials_scopes AS scopes FROM oauth_client WHERE client_id = $1',
      [clientId],
    );
    expect(rows).toEqual([{ scopes: [] }]);
  });

  async function waitsOfKind(kind: string): Promise<number> {
    const rows = await stage.system.query(
      `SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE NOT granted AND locktype = $1 AND datname = current_database()`,
      [kind],
    );
    return rows.length;
  }

  /** At the endpoint that the API uses. */
  function createClient(scope: string): Promise<Response> {
    return fetch(`${stage.system.settings.authUrl}/api/auth${CLIENT_PATHS.create}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stage.admin.refreshToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        name: 'A service',
        applicationType: 'web',
        authMethod: 'client_secret_basic',
        redirectUris: [],
        postLogoutRedirectUris: [],
        grantTypes: ['client_credentials'],
        scopes: [],
        clientCredentialsScopes: [scope],
        skipConsent: false,
      }),
    });
  }
});
