import { generateKeyPairSync } from 'node:crypto';
import { Client as Connection } from 'pg';
import type {
  Client,
  ClientPage,
  ClientSecret,
  NewClient,
} from '../../src/admin/clients/clients.schemas';
import { ClientKeyPair } from '../support/client/client-keys';
import { OAuthStage, REDIRECT_URI } from './stage';
import type { Answer } from '../support/caller';
import { eventually } from '../support/eventually';
import { expectProblem } from '../support/problems';

const PATH = '/api/v1/admin/clients';

const WAITING = `
  SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

let stage: OAuthStage;

beforeAll(async () => {
  stage = await OAuthStage.start();
});

afterAll(() => stage.system.stop());

describe('a new client', () => {
  it('of type public has no secret, and a Location', async () => {
    const body = { name: 'App', type: 'public', redirectUris: [REDIRECT_URI] };
    const answer = await stage.clients.post<NewClient>(PATH, body);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      ...body,
      clientId: expect.stringMatching(/^[0-9a-f]{32}$/),
      firstParty: false,
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      disabled: false,
      createdAt: expect.stringMatching(/Z$/),
    });
    const location = answer.headers.get('location')!;
    expect(location).toBe(`${stage.system.settings.apiUrl}${PATH}/${answer.body.clientId}`);
    const read = await stage.clients.get(new URL(location).pathname);
    expect([read.status, read.body]).toEqual([200, answer.body]);
    expect(read.headers.get('etag')).toBe(answer.headers.get('etag'));
  });

  it.each(['confidential', 'machine'] as const)(
    'of type %s shows its secret once',
    async (type) => {
      const { clientSecret, ...client } = await stage.register({ type });
      expect(clientSecret).toMatch(/^[\w-]{43}$/);
      const read = await stage.clients.get(`${PATH}/${client.clientId}`);
      expect(read.body).toEqual(client);
      const rows = await stage.system.query('SELECT * FROM oauth_client WHERE client_id = $1', [
        client.clientId,
      ]);
      expect(JSON.stringify(rows)).not.toContain(clientSecret);
    },
  );

  it.each([
    'http://app.example.com/callback',
    'https://*.example.com/callback',
    'https://app.example.com/*',
    'https://app.example.com/callback#x',
    'https://app.example.com/callback#',
    'https://user@app.example.com/callback',
    'https://app.example.com/a/../callback',
    'https://APP.example.com/callback',
    'https://app.example.com:443/callback',
    'https://app.example.com\\callback',
    'http://localhost.example.com/callback',
    'http://127.0.0.2/callback',
    'http://0x7f.1/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    'com.example.app:/callback',
    'urn:ietf:wg:oauth:2.0:oob',
    '/callback',
    'callback',
    '',
  ])('is refused with the redirect URI %j', async (redirectUri) => {
    const body = { name: 'App', type: 'public', redirectUris: [redirectUri] };
    const problem = expectProblem(await stage.clients.post(PATH, body), 'validation_failed');
    expect(problem.errors).toMatchObject([{ pointer: '/redirectUris/0' }]);
  });

  it.each([
    'https://app.example.com',
    'https://app.example.com/callback?tenant=1',
    'http://localhost:3001/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:8080/',
    'https://localhost:7043/signin-oidc',
  ])('can have %s', async (redirectUri) => {
    const client = await stage.register({ type: 'public', redirectUris: [redirectUri] });
    expect(client.redirectUris).toEqual([redirectUri]);
  });

  it.each([
    ['no name', { type: 'machine', scopes: ['users:read'] }, '/name'],
    ['no type', { name: 'x' }, '/type'],
    ['an unknown type', { name: 'x', type: 'robot' }, '/type'],
    ['no redirect URI', { name: 'x', type: 'public' }, '/redirectUris'],
    [
      'an empty list of them',
      { name: 'x', type: 'confidential', redirectUris: [] },
      '/redirectUris',
    ],
    [
      'a service account with one',
      { name: 'x', type: 'machine', scopes: ['users:read'], redirectUris: [REDIRECT_URI] },
      '/redirectUris',
    ],
    ['a service account without scopes', { name: 'x', type: 'machine' }, '/scopes'],
    [
      'a service account with a scope of users',
      { name: 'x', type: 'machine', scopes: ['openid'] },
      '/scopes',
    ],
    [
      'an empty list of scopes, also first-party',
      {
        name: 'x',
        type: 'public',
        redirectUris: [REDIRECT_URI],
        firstParty: true,
        scopes: [],
      },
      '/scopes',
    ],
    ['an unknown scope', { name: 'x', type: 'machine', scopes: ['users:all'] }, '/scopes/0'],
    ['a scope with NUL', { name: 'x', type: 'machine', scopes: ['a\0'] }, '/scopes/0'],
    ['half a character', { name: 'x', type: 'machine', scopes: ['\ud800'] }, '/scopes/0'],
    [
      'a service account that is first-party',
      { name: 'x', type: 'machine', scopes: ['users:read'], firstParty: true },
      '/firstParty',
    ],
    [
      'an unknown field',
      { name: 'x', type: 'machine', scopes: ['users:read'], skipConsent: true },
      '/skipConsent',
    ],
  ])('is refused with %s', async (_title, body, pointer) => {
    const problem = expectProblem(await stage.clients.post(PATH, body), 'validation_failed');
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  });
});

describe('the list of clients', () => {
  it('has pages, the newest first, and shows no secret', async () => {
    for (let count = 0; count < 3; count += 1) await stage.register({ type: 'machine' });
    const seen: Client[] = [];
    let path: string | null = `${PATH}?limit=2`;
    while (path !== null) {
      const answer: Answer<ClientPage> = await stage.clients.get<ClientPage>(path);
      const { body, headers } = answer;
      seen.push(...body.items);
      const link = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? null;
      expect(link === null).toBe(body.nextCursor === null);
      path = link && new URL(link).pathname + new URL(link).search;
    }
    const times = seen.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(new Set(seen.map(({ clientId }) => clientId)).size).toBe(seen.length);
    expect(JSON.stringify(seen)).not.toContain('ecret');
    expect(seen.find(({ clientId }) => clientId === 'gatehouse-docs')).toMatchObject({
      type: 'public',
    });
  });
});

describe('a change', () => {
  it('of name, redirect URIs and scopes is possible', async () => {
    const { clientId } = await stage.register({ type: 'public' });
    const change = {
      name: 'Renamed',
      redirectUris: ['https://app.example.com/new'],
      scopes: ['openid'],
    };
    expect(await stage.change(clientId, change)).toMatchObject({ clientId, ...change });
  });

  it('keeps the columns of every field that is not in the change', async () => {
    const readAddresses = () =>
      stage.system.query<{ redirect: string; logout: string }>(
        `SELECT redirect_uris AS redirect, post_logout_redirect_uris AS logout
           FROM oauth_client WHERE client_id = 'gatehouse-docs'`,
      );
    const before = await readAddresses();
    expect(before[0]!.redirect).not.toBe(before[0]!.logout);
    await stage.change('gatehouse-docs', { disabled: true });
    await stage.change('gatehouse-docs', { disabled: false });
    expect(await readAddresses()).toEqual(before);
  });

  it('that does not fit the type is refused', async () => {
    const { clientId } = await stage.register({ type: 'machine' });
    for (const change of [
      { redirectUris: [REDIRECT_URI] },
      { scopes: ['openid'] },
      { scopes: [] },
    ]) {
      expectProblem(await stage.clients.patch(`${PATH}/${clientId}`, change), 'validation_failed');
    }
    const ofUsers = await stage.register({ type: 'public' });
    const empty = await stage.clients.patch(`${PATH}/${ofUsers.clientId}`, { scopes: [] });
    expect(expectProblem(empty, 'validation_failed').errors).toMatchObject([
      { pointer: '/scopes' },
    ]);
    for (const change of [{}, { type: 'public' }, { clientSecret: 'x' }]) {
      expectProblem(await stage.clients.patch(`${PATH}/${clientId}`, change), 'validation_failed');
    }
  });

  it('of an unknown client is 404', async () => {
    expectProblem(await stage.clients.get(`${PATH}/nobody`), 'not_found');
    expectProblem(await stage.clients.patch(`${PATH}/nobody`, { disabled: true }), 'not_found');
    expectProblem(await stage.clients.delete(`${PATH}/nobody`), 'not_found');
    expectProblem(await stage.clients.post(`${PATH}/nobody/secret`), 'not_found');
  });

  it("of the documentation's client can only disable and enable it", async () => {
    const path = `${PATH}/gatehouse-docs`;
    expectProblem(await stage.clients.patch(path, { name: 'x' }), 'built_in_client');
    expectProblem(await stage.clients.delete(path), 'built_in_client');
    expect((await stage.change('gatehouse-docs', { disabled: true })).disabled).toBe(true);
    // A restart keeps it disabled.
    await stage.system.stopAuthServer();
    await stage.system.startAuthServer();
    expect((await stage.clients.get(path)).body.disabled).toBe(true);
    await stage.change('gatehouse-docs', { disabled: false });
  });
});

describe('a new secret', () => {
  it('is accepted at once, and the old one is refused', async () => {
    const client = await stage.register({ type: 'machine' });
    expect((await stage.serviceAccountToken(client)).status).toBe(200);
    const { body, status } = await stage.clients.post<ClientSecret>(
      `${PATH}/${client.clientId}/secret`,
    );
    expect(status).toBe(200);
    expect(body).toEqual({ clientId: client.clientId, clientSecret: expect.any(String) });
    const refused = await stage.serviceAccountToken(client);
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
    expect((await stage.serviceAccountToken({ ...client, ...body })).status).toBe(200);
  });

  it('is refused for a public client', async () => {
    const { clientId } = await stage.register({ type: 'public' });
    expectProblem(await stage.clients.post(`${PATH}/${clientId}/secret`), 'no_client_secret');
  });
});

describe('keys of a client', () => {
  let pair: ClientKeyPair;

  beforeAll(async () => {
    pair = await ClientKeyPair.make();
  });

  const rsa = (bits: number) =>
    generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });
  const first = () => pair.jwks.keys[0]!;

  it.each<[string, () => object, string]>([
    ['a private key', () => ({ keys: [{ ...first(), d: 'AAAA' }] }), '/jwks/keys/0'],
    ['a symmetric key', () => ({ keys: [{ kty: 'oct', k: 'AAAA' }] }), '/jwks/keys/0/kty'],
    ['a short key', () => ({ keys: [rsa(1_024)] }), '/jwks/keys/0'],
    [
      'a point that is not on the curve',
      () => ({ keys: [{ ...first(), x: 'AA' }] }),
      '/jwks/keys/0',
    ],
    ['another algorithm', () => ({ keys: [{ ...first(), alg: 'RS256' }] }), '/jwks/keys/0'],
    ['a key for encryption', () => ({ keys: [{ ...first(), use: 'enc' }] }), '/jwks/keys/0/use'],
    ['two keys of one id', () => ({ keys: [first(), first()] }), '/jwks/keys'],
    [
      'two keys, one without an id',
      () => ({ keys: [first(), { ...first(), kid: undefined }] }),
      '/jwks/keys',
    ],
    [
      'an RSA key whose exponent is 1',
      () => ({ keys: [{ ...rsa(2_048), e: 'AQ' }] }),
      '/jwks/keys/0',
    ],
    ['no key', () => ({ keys: [] }), '/jwks/keys'],
    ['an address', () => ({ jwks_uri: 'https://app.example.com/keys' }), '/jwks'],
  ])('are refused with %s', async (_title, jwks, pointer) => {
    const body = { name: 'x', type: 'machine', scopes: ['users:read'], jwks: jwks() };
    const problem = expectProblem(await stage.clients.post(PATH, body), 'validation_failed');
    expect(problem.errors!.map((error) => error.pointer).join()).toContain(pointer);
  });

  it('are not read when a member is too long: its number would take seconds', async () => {
    const keys = [{ ...rsa(2_048), e: '_'.repeat(80_000) }];
    const body = { name: 'x', type: 'machine', scopes: ['users:read'], jwks: { keys } };
    const problem = expectProblem(await stage.clients.post(PATH, body), 'validation_failed');
    expect(problem.errors).toMatchObject([{ pointer: '/jwks/keys/0/e' }]);
  });

  it('belong to a client from its registration on, and replace the secret', async () => {
    const body = { name: 'x', type: 'public', redirectUris: [REDIRECT_URI], jwks: pair.jwks };
    const refused = expectProblem(await stage.clients.post(PATH, body), 'validation_failed');
    expect(refused.errors).toMatchObject([{ pointer: '/jwks' }]);
    const bySecret = await stage.register({ type: 'machine' });
    const late = await stage.clients.put(`${PATH}/${bySecret.clientId}/keys`, pair.jwks);
    expect(expectProblem(late, 'validation_failed').errors).toMatchObject([{ pointer: '/keys' }]);
    expectProblem(await stage.clients.put(`${PATH}/unknown/keys`, pair.jwks), 'not_found');
    const { clientId } = await stage.register({ type: 'machine', jwks: pair.jwks });
    expectProblem(await stage.clients.post(`${PATH}/${clientId}/secret`), 'no_client_secret');
    const read = await stage.clients.get(`${PATH}/${clientId}`);
    expect(read.body).toHaveProperty('jwks', pair.jwks);
    const withoutKeys = 'UPDATE oauth_client SET jwks = NULL WHERE client_id = $1';
    await expect(stage.system.query(withoutKeys, [clientId])).rejects.toThrow(
      'oauth_client_keys_check',
    );
  });
});

describe('a change of a client with If-Match', () => {
  let path: string;
  let pair: ClientKeyPair;

  beforeEach(async () => {
    pair = await ClientKeyPair.make();
    const client = await stage.register({ type: 'machine', jwks: pair.jwks });
    path = `${PATH}/${client.clientId}`;
  });

  async function readTag(): Promise<string> {
    const tag = (await stage.clients.get(path)).headers.get('etag')!;
    expect((await stage.clients.get(path, { 'if-none-match': tag })).status).toBe(304);
    return tag;
  }

  const CHANGES: [title: string, change: (tag: string) => Promise<Answer<unknown>>][] = [
    ['name', (tag) => stage.clients.patch(path, { name: 'New' }, { 'if-match': tag })],
    ['keys', (tag) => stage.clients.put(`${path}/keys`, pair.jwks, { 'if-match': tag })],
    ['deletion', (tag) => stage.clients.delete(path, { 'if-match': tag })],
  ];

  it.each(CHANGES)('succeeds while the client is unchanged: %s', async (_title, change) => {
    const answer = await change(await readTag());
    expect([200, 204]).toContain(answer.status);
    if (answer.status === 200) expect(answer.headers.get('etag')).toBe(await readTag());
  });

  it.each(CHANGES)('is refused when the client has changed: %s', async (_title, change) => {
    const tag = await readTag();
    await stage.clients.patch(path, { disabled: true });
    const before = await stage.clients.get(path);
    expectProblem(await change(tag), 'precondition_failed');
    expect((await stage.clients.get(path)).body).toEqual(before.body);
  });

  it.each(CHANGES)(
    'is refused after it has waited for another change: %s',
    async (_title, change) => {
      const tag = await readTag();
      const other = new Connection(stage.system.database.url);
      await other.connect();
      try {
        await other.query('BEGIN');
        await other.query('UPDATE oauth_client SET disabled = true WHERE client_id = $1', [
          path.split('/').at(-1),
        ]);
        const answer = change(tag);
        await eventually(async () => expect(await stage.system.query(WAITING)).toHaveLength(1));
        await other.query('COMMIT');
        expectProblem(await answer, 'precondition_failed');
      } finally {
        await other.end();
      }
      expect((await stage.clients.get(path)).body).toMatchObject({
        name: 'A client',
        disabled: true,
      });
    },
  );

  it('succeeds for one of several concurrent requests with the same tag', async () => {
    const headers = { 'if-match': await readTag() };
    const pairs = await Promise.all(['a', 'b'].map((kid) => ClientKeyPair.make(kid)));
    const answers = await Promise.all([
      ...pairs.map(({ jwks }) => stage.clients.put(`${path}/keys`, jwks, headers)),
      ...['One', 'Two'].map((name) => stage.clients.patch(path, { name }, headers)),
    ]);
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 412, 412, 412]);
  });
});

describe('administration of clients', () => {
  it('is recorded in the audit log', async () => {
    const { clientId } = await stage.register({ type: 'machine' });
    await stage.clients.post(`${PATH}/${clientId}/secret`);
    await stage.change(clientId, { name: 'Renamed', disabled: true });
    await stage.change(clientId, { disabled: false });
    await stage.clients.delete(`${PATH}/${clientId}`);
    const { body } = await stage.clients.get<{ items: { action: string }[] }>(
      `/api/v1/admin/audit-events?subject=${clientId}`,
    );
    expect(body.items.map(({ action }) => action).reverse()).toEqual([
      'client.created',
      'client.secret_rotated',
      'client.updated',
      'client.disabled',
      'client.enabled',
      'client.deleted',
    ]);
  });

  it('is open to administrators only', async () => {
    const user = await stage.system.asUser();
    expectProblem(await user.caller.get(PATH), 'forbidden');
    expectProblem(await stage.system.asAnonymous().get(PATH), 'missing_token');
  });

  it('keeps clients after their creator is deleted', async () => {
    const other = await stage.system.asNewAdmin();
    const body = { name: 'x', type: 'machine', scopes: ['users:read'] };
    const { body: client } = await other.caller.post<NewClient>(PATH, body);
    await stage.clients.delete(`/api/v1/admin/users/${other.id}`);
    expect((await stage.serviceAccountToken(client)).status).toBe(200);
  });
});
