import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger } from '../../runtime/logger';
import type { Settings } from '../../runtime/settings/load';
import type { ApiPlan } from '../../src/app.setup';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { API_PLAN, assembleApi } from '../support/native/api';
import { loadSettings } from '../support/native/settings';
import { JwksServer } from '../support/servers/jwks-server';
import { type RawAnswer, send } from '../support/raw-http';
import { type Claims, SigningKey } from '../support/signing-key';

const METADATA = '/.well-known/oauth-protected-resource';
const key = new SigningKey();

interface World {
  url: string;
  settings: Settings;
}

/** Two elements of the plan, and what shows their order from outside. */
interface Order {
  first: string;
  second: string;
  /** What a request shows. */
  observe: (world: World) => Promise<unknown>;
  expected: unknown;
}

const STEP_ORDERS: Order[] = [
  {
    first: 'CORS',
    second: 'allowed methods',
    observe: async ({ url, settings }) => {
      const origin = settings.trustedOrigins[0]!;
      const answer = await send(url, { method: 'POST', path: METADATA, headers: { origin } });
      return answer.headers['access-control-allow-origin']?.length;
    },
    expected: 1,
  },
  {
    first: 'allowed methods',
    second: 'resource metadata',
    observe: async ({ url }) => (await post(url, METADATA)).status,
    expected: 405,
  },
  {
    first: 'allowed methods',
    second: 'documentation',
    observe: async ({ url }) => (await post(url, '/openapi.json')).status,
    expected: 405,
  },
  {
    first: 'valid host',
    second: 'documentation',
    observe: async ({ url }) => {
      const headers = { host: 'a host', accept: 'text/html' };
      return (await send(url, { path: '/', headers })).status;
    },
    expected: 400,
  },
];

/** Last: it uses up the limit of the address. */
const LIMIT_ORDER: Order = {
  first: 'CORS',
  second: 'public limits',
  observe: async ({ url, settings }) => {
    const headers = { origin: settings.trustedOrigins[0]! };
    const answers = Array.from({ length: 31 }, () => send(url, { path: '/no-page', headers }));
    const refusal = (await Promise.all(answers)).find(({ status }) => status === 429);
    return refusal?.headers['access-control-allow-origin']?.length;
  },
  expected: 1,
};

const GUARD_ORDERS: Order[] = [
  {
    first: 'JwtAuthGuard',
    second: 'RateLimitGuard',
    observe: async (world) => (await list(world, { role: 'admin' })).headers['ratelimit-policy'],
    expected: [expect.stringContaining('"caller"')],
  },
  {
    first: 'JwtAuthGuard',
    second: 'RolesGuard',
    observe: async (world) => (await list(world, { role: 'admin' })).status,
    expected: 200,
  },
  {
    first: 'RateLimitGuard',
    second: 'RolesGuard',
    observe: async (world) => 'ratelimit' in (await list(world, { role: 'user' })).headers,
    expected: true,
  },
  {
    first: 'RolesGuard',
    second: 'ScopesGuard',
    observe: async (world) => {
      const answer = await list(world, { role: 'user', client_id: 'a client', scope: 'profile' });
      return (JSON.parse(answer.text) as { code: string }).code;
    },
    expected: 'forbidden',
  },
  {
    first: 'ScopesGuard',
    second: 'PreconditionsGuard',
    observe: async (world) => {
      const claims = { role: 'admin', client_id: 'a client', scope: 'profile' };
      const change = { method: 'POST', headers: { 'if-match': '"a"' } };
      return (await list(world, claims, change)).status;
    },
    expected: 403,
  },
];

describe('the order of the assembly', () => {
  let settings: Settings;
  let database: TestDatabase;
  let jwks: JwksServer;
  /** The API in the order of the plan. */
  let planned: NestFastifyApplication;

  beforeAll(async () => {
    jwks = await JwksServer.start();
    jwks.publish([key.jwk]);
    database = await createTestDatabase();
    const env = {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: 'a test secret of more than 32 characters',
      AUTH_INTERNAL_URL: jwks.url,
      ACCESS_CHECK: 'token',
    };
    // 30 public requests of an address.
    settings = { ...loadSettings(env, 'api'), rateLimits: { quotas: 1 / 100, guesses: 1 } };
    planned = await start(API_PLAN);
  });

  afterAll(async () => {
    await planned.close();
    await jwks.stop();
    await database.drop();
  });

  async function start(plan: ApiPlan): Promise<NestFastifyApplication> {
    const app = await assembleApi({ settings, logger: createLogger('api', 'silent') }, plan);
    await app.listen(0, '127.0.0.1');
    return app;
  }

  const observe = (order: Order, app: NestFastifyApplication) =>
    order.observe({ url: urlOf(app), settings });

  /** Asserts that the order has an effect in the plan, and not after the swap. */
  async function expectEffect(order: Order, swappedPlan: ApiPlan): Promise<void> {
    expect(await observe(order, planned)).toEqual(order.expected);
    const app = await start(swappedPlan);
    try {
      expect(await observe(order, app)).not.toEqual(order.expected);
    } finally {
      await app.close();
    }
  }

  it.each(GUARD_ORDERS)('of guards has $first before $second', async (order) => {
    await expectEffect(order, { ...API_PLAN, guards: swapped(API_PLAN.guards, order) });
  });

  it.each([...STEP_ORDERS, LIMIT_ORDER])('of steps has $first before $second', async (order) => {
    await expectEffect(order, { ...API_PLAN, steps: swapped(API_PLAN.steps, order) });
  });
});

/** @returns the list with two elements exchanged, which are found by name. */
function swapped<Element extends { name: string }>(
  elements: readonly Element[],
  { first, second }: Order,
): Element[] {
  const [one, other] = [first, second].map((name) => elements.find((each) => each.name === name)!);
  return elements.map((each) => (each === one ? other! : each === other ? one! : each));
}

function urlOf(app: NestFastifyApplication): string {
  return `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
}

function post(url: string, path: string): Promise<RawAnswer> {
  return send(url, { method: 'POST', path });
}

/** Lists users with a token that has the claims, or creates one. */
async function list(
  { url, settings }: World,
  claims: Claims,
  { method = 'GET', headers = {} } = {},
): Promise<RawAnswer> {
  const now = Math.floor(Date.now() / 1_000);
  const token = await key.sign({
    iss: settings.jwtIssuer,
    aud: settings.jwtAudience,
    sub: 'a user',
    sid: 'a session',
    iat: now,
    exp: now + 60,
    ...claims,
  });
  return send(url, {
    method,
    path: '/api/v1/admin/users',
    headers: { ...headers, authorization: `Bearer ${token}` },
  });
}
