import type { Settings } from '../../runtime/settings/load';
import { type Answer, Caller } from '../support/caller';
import { type ExtraReplica, startExtraReplica } from '../support/processes/extra-replica';
import { expectProblem } from '../support/problems';
import { RecordingServer } from '../support/servers/recording-server';
import { PASSWORD, type SignedInUser, System } from '../support/system';

const ME = '/api/v1/users/me';
const REFRESH = '/api/v1/auth/refresh';

/** As many as the quota of the test. */
const PUBLIC_PATHS = [
  '/',
  '/docs',
  '/docs/docs.css',
  '/docs/config.json',
  '/openapi.json',
  '/openapi.yaml',
  '/openapi-auth.json',
  '/openapi-all.json',
  '/problems',
  '/problems/not_found',
  '/.well-known/oauth-protected-resource',
  '/metrics',
  '/nothing',
  '/api/nothing',
  '/api/v1',
  '/api/v1/nothing',
  '/healthy',
];

let system: System;
let ada: SignedInUser;
/** Replicas with limits; the auth server has none. */
let replicas: ExtraReplica[];

beforeAll(async () => {
  system = await System.start();
  replicas = [await startReplica(), await startReplica()];
});

beforeEach(async () => {
  ada = await system.asUser();
});

afterAll(async () => {
  for (const { app } of replicas) await app.close();
  await system.stop();
});

function startReplica(overrides: Partial<Settings> = {}): Promise<ExtraReplica> {
  const limited = { rateLimits: { quotas: 1, guesses: 1 }, trustProxy: ['127.0.0.1', '::1'] };
  return startExtraReplica({ ...system.settings, ...limited, ...overrides });
}

function on({ url }: ExtraReplica, accessToken?: string): Caller {
  return new Caller(url, accessToken);
}

/** On the first replica, with the user's token. */
function asAda(): Caller {
  return on(replicas[0]!, ada.accessToken);
}

/** From a client behind the trusted proxy. */
function refreshFrom(
  address: string,
  { refreshToken = 'unknown', replica = replicas[0]! } = {},
): Promise<Answer> {
  return on(replica).post(REFRESH, { refreshToken }, { 'x-forwarded-for': address });
}

function readLimit({ headers }: Answer<unknown>) {
  const [, name, remaining, reset] =
    /^"([\w-]+)";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '') ?? [];
  return { name, remaining: Number(remaining), reset: Number(reset) };
}

async function times<T>(count: number, call: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  // In parts: a loaded host would take minutes to accept so many connections.
  while (results.length < count) {
    const batch = Math.min(25, count - results.length);
    results.push(...(await Promise.all(Array.from({ length: batch }, call))));
  }
  return results;
}

describe('a caller with a token', () => {
  it('gets the RateLimit headers in every response, refusals included', async () => {
    const first = await asAda().get(ME);
    expect(first.headers.get('ratelimit-policy')).toBe('"caller";q=600;w=60');
    const limit = readLimit(first);
    expect(limit).toEqual({ name: 'caller', remaining: 599, reset: expect.any(Number) });
    expect(limit.reset).toBeGreaterThan(0);
    expect(limit.reset).toBeLessThanOrEqual(60);
    const refused = await asAda().get('/api/v1/admin/users');
    expectProblem(refused, 'forbidden');
    expect(readLimit(refused).remaining).toBe(598);
    expect(readLimit(await asAda().patch(ME, { unknown: 1 })).remaining).toBe(597);
  });

  it('changes the own profile sixty times an hour', async () => {
    const { accessToken } = await system.asUser();
    const caller = on(replicas[0]!, accessToken);
    const answers = await times(60, () => caller.patch(ME, { name: 'Ada' }));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const refused = await caller.patch(ME, { name: 'Eve' });
    expectProblem(refused, 'too_many_requests');
    expect(readLimit(refused)).toMatchObject({ name: 'profile', remaining: 0 });
    expect(await caller.get(ME)).toMatchObject({ status: 200, body: { name: 'Ada' } });
  });

  it('is refused above the quota, on every route and in every session, and others are not', async () => {
    const answers = await times(600, () => asAda().get(ME));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const phone = await system.signIn({ email: ada.email, password: PASSWORD });
    for (const caller of [asAda(), on(replicas[0]!, phone.accessToken)]) {
      for (const path of [ME, '/api/v1/admin/users']) {
        const answer = await caller.get(path);
        expectProblem(answer, 'too_many_requests');
        const { remaining, reset } = readLimit(answer);
        expect(remaining).toBe(0);
        expect(answer.headers.get('retry-after')).toBe(String(reset));
      }
    }
    const eve = await system.asUser();
    expect((await on(replicas[0]!, eve.accessToken).get(ME)).status).toBe(200);
  });

  it('has a quota on each replica without shared counters', async () => {
    await asAda().get(ME);
    expect(readLimit(await on(replicas[1]!, ada.accessToken).get(ME)).remaining).toBe(599);
  });

  it('is not counted for invalid tokens', async () => {
    const answer = await on(replicas[0]!, 'not.a.token').get(ME);
    expectProblem(answer, 'invalid_token');
    expect(answer.headers.get('ratelimit')).toBeNull();
  });

  it('has a hundred times the quota with relaxed limits', async () => {
    const { headers } = await ada.caller.get(ME);
    expect(headers.get('ratelimit-policy')).toBe('"caller";q=60000;w=60');
  });
});

describe('a caller of an open route', () => {
  it('is counted by IP address, and refused above the quota', async () => {
    const first = await refreshFrom('192.0.2.1');
    expect(first.headers.get('ratelimit-policy')).toBe('"address";q=3000;w=60');
    expect(readLimit(first)).toMatchObject({ name: 'address', remaining: 2_999 });
    const replica = await startReplica({ rateLimits: { quotas: 0.01, guesses: 1 } });
    try {
      await times(30, () => refreshFrom('192.0.2.1', { replica }));
      expectProblem(await refreshFrom('192.0.2.1', { replica }), 'too_many_requests');
      expect((await refreshFrom('192.0.2.2', { replica })).status).toBe(401);
    } finally {
      await replica.app.close();
    }
  });

  it('renews an access token beside five requests a second of others at the IP address', async () => {
    await times(5 * 60, () => refreshFrom('192.0.2.3'));
    const { refreshToken } = ada;
    expect((await refreshFrom('192.0.2.3', { refreshToken })).status).toBe(200);
  });

  it('is counted by /64 with IPv6', async () => {
    await refreshFrom('2001:db8:1:2::1');
    expect(readLimit(await refreshFrom('2001:db8:1:2:ffff::1')).remaining).toBe(2_998);
    expect(readLimit(await refreshFrom('2001:db8:1:3::1')).remaining).toBe(2_999);
  });

  it('gets no RateLimit headers outside the API, where caches keep the answers', async () => {
    for (const path of [
      '/',
      '/health/live',
      '/health/ready',
      '/metrics',
      '/openapi.json',
      '/docs',
    ]) {
      const { headers } = await on(replicas[0]!).get(path);
      expect(headers.get('ratelimit')).toBeNull();
      expect(headers.get('ratelimit-policy')).toBeNull();
    }
  });

  it('is refused above the quota of the public routes, and other addresses and probes are not', async () => {
    const quota = PUBLIC_PATHS.length;
    const replica = await startReplica({ rateLimits: { quotas: quota / 3_000, guesses: 1 } });
    const from = (address: string, path: string) =>
      on(replica).get(path, { 'x-forwarded-for': address });
    try {
      for (const path of PUBLIC_PATHS) {
        expect((await from('192.0.2.1', path)).status).toBeLessThan(405);
      }
      for (const path of PUBLIC_PATHS) {
        const refused = await from('192.0.2.1', path);
        expectProblem(refused, 'too_many_requests');
        expect(refused.headers.get('retry-after')).toBe(String(readLimit(refused).reset));
        expect(refused.headers.get('ratelimit-policy')).toBe(`"public";q=${quota};w=60`);
      }
      expect((await from('192.0.2.2', '/openapi.json')).status).toBe(200);
      expect((await from('192.0.2.1', '/health/live')).status).toBe(200);
    } finally {
      await replica.app.close();
    }
  });

  it("gets the auth server's limit when that is reached", async () => {
    const authServer = await RecordingServer.start();
    authServer.answer = (_request, response) => {
      const limit = { ratelimit: '"sign-in";r=0;t=7', 'ratelimit-policy': '"sign-in";q=3;w=10' };
      response.writeHead(429, { 'retry-after': '7', ...limit }).end('{}');
    };
    const replica = await startReplica({ authInternalUrl: authServer.url });
    try {
      const credentials = { email: 'ada@example.com', password: PASSWORD };
      const answer = await on(replica).post('/api/v1/auth/sign-in', credentials);
      expectProblem(answer, 'too_many_requests');
      expect(answer.headers.get('retry-after')).toBe('7');
      expect(readLimit(answer)).toEqual({ name: 'sign-in', remaining: 0, reset: 7 });
      expect(answer.headers.get('ratelimit-policy')).toBe('"sign-in";q=3;w=10');
    } finally {
      await replica.app.close();
      await authServer.stop();
    }
  });
});
