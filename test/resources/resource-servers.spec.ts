import type { NewClient } from '../../src/admin/clients/clients.schemas';
import type { Resource } from '../../src/admin/resources/resources.schemas';
import type { Browser } from '../oauth/browser';
import { basic, OAuthStage, payloadOf } from '../oauth/stage';

const RESOURCES = '/api/v1/admin/resources';
const ORDERS = 'https://orders.example.com';
const STOCK = 'urn:example:stock';

let stage: OAuthStage;
let browser: Browser;
/** The client of the resource server. */
let server: NewClient;
let client: NewClient;

beforeAll(async () => {
  stage = await OAuthStage.start();
  ({ browser } = await stage.user());
  server = await stage.register({ type: 'machine' });
  await create({
    identifier: ORDERS,
    name: 'Orders',
    scopes: [
      { name: 'orders:read', description: 'see your <b>orders</b>' },
      { name: 'orders:write', description: 'change your orders' },
    ],
    clients: [server.clientId],
  });
  await create({
    identifier: STOCK,
    name: 'Stock',
    scopes: [{ name: 'stock:read', description: 'see the stock' }],
    tokenLifetime: 60,
  });
  client = await stage.register({
    type: 'public',
    scopes: ['openid', 'offline_access', 'users:read', 'orders:read', 'orders:write', 'stock:read'],
  });
});

afterAll(() => stage.system.stop());

async function create(body: object): Promise<Resource> {
  const answer = await stage.clients.post<Resource>(RESOURCES, body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

describe('a token for a resource server', () => {
  it('has its audience alone, and its scopes alone', async () => {
    const scope = 'openid offline_access users:read orders:read';
    const tokens = await stage.tokens(client, browser, { scope, resource: ORDERS });
    const claims = payloadOf(tokens.access_token);
    expect(claims).toMatchObject({ aud: ORDERS, scope: 'orders:read', client_id: client.clientId });
    expect(claims.auth_time).toEqual(expect.any(Number));
    expect(tokens).toMatchObject({ scope: 'orders:read', id_token: expect.any(String) });
  });
});

interface Report {
  status: number;
  text: string;
  body: Record<string, unknown>;
  headers: Headers;
}

/** Asks the API about a token. */
async function introspect(
  token: string,
  { by = server, accept }: { by?: NewClient; accept?: string } = {},
): Promise<Report> {
  const url = `${stage.system.apiUrl}/api/auth/oauth2/introspect`;
  const headers = { authorization: basic(by), ...(accept && { accept }) };
  const body = new URLSearchParams({ token });
  const response = await fetch(url, { method: 'POST', body, headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const parsed = isJson ? (JSON.parse(text) as Report['body']) : {};
  return { status: response.status, text, body: parsed, headers: response.headers };
}

describe('introspection by the client of the resource server', () => {
  it('tells that a token is active, until its user is banned', async () => {
    const someone = await stage.user();
    const scope = 'openid orders:read';
    const tokens = await stage.tokens(client, someone.browser, { scope, resource: ORDERS });
    const claims = payloadOf(tokens.access_token);
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await introspect(tokens.access_token);
      expect([status, body]).toEqual([
        200,
        {
          active: true,
          iss: stage.issuer,
          sub: someone.user.id,
          aud: ORDERS,
          client_id: client.clientId,
          sid: claims.sid,
          iat: claims.iat,
          exp: claims.exp,
          jti: claims.jti,
          auth_time: claims.auth_time,
          scope: 'orders:read',
          token_type: 'Bearer',
          role: 'user',
        },
      ]);
    }
    await stage.clients.put(`/api/v1/admin/users/${someone.user.id}/ban`, {});
    expect((await introspect(tokens.access_token)).body).toEqual({ active: false });
  });
});
