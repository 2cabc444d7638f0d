import { randomUUID } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { Client, Pool } from 'pg';
import { SignInMetrics } from '../../auth-server/audit/sign-in-metrics';
import { createHttpServer, listen } from '../../auth-server/http/server';
import { measurePool } from '../../runtime/metrics/pool-metrics';
import { createLogger } from '../../runtime/logger';
import type * as metricsModule from '../../runtime/metrics/metrics';
import { Metrics } from '../../runtime/metrics/metrics';
import { InProcessSystem } from '../support/in-process-system';
import { loadNatively } from '../support/native/load';
import { reservePorts } from '../support/ports';
import { send } from '../support/raw-http';
import { Caller } from '../support/caller';
import { eventually } from '../support/eventually';
import { PASSWORD, System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await System.start();
});

afterAll(() => system.stop());

/** The labels of the requests that a process has counted. */
async function routesOf(url: string): Promise<Set<string>> {
  const { status, text } = await send(url, { path: '/metrics' });
  expect(status).toBe(200);
  return new Set([...text.matchAll(/_count\{[^}]*route="([^"]*)"/g)].map(([, route]) => route!));
}

/** Requests of strangers: each has a URL that no other one has. */
function strangeRequests(): { method: string; path: string; headers?: Record<string, string> }[] {
  const part = randomUUID();
  const preflight = { origin: 'https://x.example', 'access-control-request-method': 'POST' };
  return [
    { method: 'OPTIONS', path: `/${part}` },
    { method: 'OPTIONS', path: `/api/auth/${part}` },
    { method: 'OPTIONS', path: `/${part}`, headers: preflight },
    { method: 'OPTIONS', path: `/api/auth/${part}`, headers: preflight },
    { method: 'GET', path: `/api/auth/callback/${part}` },
    { method: 'GET', path: `/api/auth/${part}/${part}` },
    { method: 'GET', path: `/sign-in/${part}` },
    { method: 'GET', path: `/.well-known/${part}` },
    { method: 'POST', path: `/api/auth/reset-password/${part}` },
    { method: 'GET', path: `/api/v1/users/${part}` },
    { method: 'GET', path: `/api/v1/${part}` },
    { method: 'PROPFIND', path: `/${part}` },
  ];
}

describe('the route of a request in the metrics', () => {
  it.each([
    ['auth server', () => system.settings.authUrl],
    ['API', () => system.apiUrl],
  ])('of the %s is from a closed list, also for requests of strangers', async (_name, url) => {
    for (const request of strangeRequests()) await send(url(), request);
    const before = await routesOf(url());
    for (let round = 0; round < 20; round += 1) {
      for (const request of strangeRequests()) await send(url(), request);
    }
    const after = await routesOf(url());
    expect([...after].toSorted()).toEqual([...before, '/metrics'].toSorted().filter(isFirst));
    expect([...after]).toContain('unmatched');
  });

  it('of the auth server is the pattern of the endpoint', async () => {
    const { authUrl } = system.settings;
    await send(authUrl, { path: '/api/auth/callback/github' });
    await send(authUrl, { path: '/sign-in' });
    await send(authUrl, { path: '/.well-known/openid-configuration' });
    const routes = await routesOf(authUrl);
    const expected = [
      '/api/auth/callback/:id',
      '/sign-in',
      '/.well-known/openid-configuration',
      '/health/ready',
    ];
    await send(authUrl, { path: '/health/ready' });
    for (const route of expected.slice(0, 3)) expect([...routes]).toContain(route);
    expect([...(await routesOf(authUrl))]).toContain('/health/ready');
  });
});

function isFirst(value: string, index: number, all: string[]): boolean {
  return all.indexOf(value) === index;
}

/** The values of a metric, by the value of one of its labels. */
function valuesOf(text: string, name: string, label: string): Record<string, number> {
  const lines = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))];
  return Object.fromEntries(
    lines.map(([, labels, value]) => [
      new RegExp(`${label}="([^"]*)"`).exec(labels!)![1]!,
      Number(value),
    ]),
  );
}

describe('a client that leaves before the answer', () => {
  it.each([
    ['API', () => system.apiUrl, '/api/v1/users/me/sessions'],
    ['auth server', () => system.settings.authUrl, '/api/auth/get-session'],
  ])('is counted by the %s', async (_name, url, path) => {
    const { accessToken, refreshToken } = await system.asUser();
    const token = path.startsWith('/api/auth') ? refreshToken : accessToken;
    const holder = new Client(system.database.url);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE session');
    const leaving = new AbortController();
    const { signal } = leaving;
    const headers = { authorization: `Bearer ${token}` };
    const answer = fetch(url() + path, { headers, signal }).catch(() => null);
    await eventually(async () => {
      const { rowCount } = await holder.query(
        `SELECT FROM pg_locks WHERE NOT granted AND relation = 'session'::regclass
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(rowCount).toBeGreaterThan(0);
    });
    leaving.abort();
    expect(await answer).toBeNull();
    await eventually(async () => {
      const { text } = await send(url(), { path: '/metrics' });
      const counted = `_count\\{method="GET",route="${path}",status="left"[^}]*\\} 1$`;
      expect(text).toMatch(new RegExp(counted, 'm'));
    });
    await holder.end();
  });
});

describe('the memory in the metrics', () => {
  it('includes the limit of the heap', async () => {
    const text = await new Metrics('x').render();
    const limit = getHeapStatistics().heap_size_limit;
    expect(text).toContain(`gatehouse_heap_limit_bytes{process="x"} ${limit}\n`);
  });
});

describe('the sign-ins in the metrics', () => {
  async function passwordSignIns(): Promise<Record<string, number>> {
    const { text } = await send(system.settings.authUrl, { path: '/metrics' });
    const lines = text.split('\n').filter((line) => line.includes('method="password"'));
    return valuesOf(lines.join('\n'), 'gatehouse_sign_ins_total', 'outcome');
  }

  it('are counted by their outcome, also for unknown e-mail addresses', async () => {
    const { email } = await system.asUser();
    const before = await passwordSignIns();
    const caller = new Caller(system.apiUrl);
    const signIn = (body: object) => caller.post('/api/v1/auth/sign-in', body);
    expect((await signIn({ email, password: PASSWORD })).status).toBe(200);
    expect((await signIn({ email, password: 'another password' })).status).toBe(401);
    const unknown = { email: 'unknown@example.com', password: PASSWORD };
    for (let count = 0; count < 2; count += 1) expect((await signIn(unknown)).status).toBe(401);
    expect(await passwordSignIns()).toEqual({
      success: before.success! + 1,
      failure: before.failure! + 3,
    });
  });

  it('contain a wrong code of the second step, and no code of a session', async () => {
    const metrics = new Metrics('test');
    const signIns = new SignInMetrics(metrics);
    const failed = {
      action: 'two_factor.failed',
      outcome: 'failure',
      origin: { address: null, userAgent: null, requestId: null },
      detail: { method: 'totp' },
    } as const;
    signIns.count({ ...failed, actor: { type: 'anonymous', id: null } });
    signIns.count({ ...failed, actor: { type: 'user', id: 'ada' } });
    expect(await metrics.render()).toMatch(
      /^gatehouse_sign_ins_total\{method="two_factor",outcome="failure"[^}]*\} 1$/m,
    );
  });
});

it.each([
  ['auth server', () => system.settings.authUrl],
  ['API', () => system.apiUrl],
])('the metrics of the %s contain its connections to the database', async (_name, url) => {
  const { text } = await send(url(), { path: '/metrics' });
  const { idle, busy } = valuesOf(text, 'gatehouse_database_connections', 'state');
  expect(idle! + busy!).toBeGreaterThan(0);
});

it('the metrics of the API contain the states that were read, also in strict mode', async () => {
  const strict = await System.start({ env: { ACCESS_CHECK: 'strict' } });
  const loads = async () => {
    const { text } = await send(strict.apiUrl, { path: '/metrics' });
    return valuesOf(text, 'gatehouse_access_loads_total', 'process').api!;
  };
  try {
    const { caller } = await strict.asUser();
    const before = await loads();
    for (let count = 0; count < 3; count += 1) await caller.get('/api/v1/users/me');
    expect(await loads()).toBe(before + 3);
  } finally {
    await strict.stop();
  }
});

it('the metrics of the API contain the time from a statement to its notification', async () => {
  await eventually(async () => {
    const { text } = await send(system.apiUrl, { path: '/metrics' });
    for (const part of ['count', 'sum']) {
      const name = `gatehouse_access_notification_seconds_${part}`;
      expect(valuesOf(text, name, 'process').api).toBeGreaterThan(0);
    }
  });
});

it('connections are idle, busy or waited for', async () => {
  const pool = new Pool({ connectionString: system.database.url, max: 1 });
  const metrics = new Metrics('test');
  measurePool(metrics, pool);
  const held = await pool.connect();
  const waiting = pool.query('SELECT 1');
  const busy = await metrics.render();
  held.release();
  await waiting;
  const idle = await metrics.render();
  await pool.end();
  expect(valuesOf(busy, 'gatehouse_database_connections', 'state')).toEqual({ idle: 0, busy: 1 });
  expect(valuesOf(busy, 'gatehouse_database_waiting', 'process')).toEqual({ test: 1 });
  expect(valuesOf(idle, 'gatehouse_database_connections', 'state')).toEqual({ idle: 1, busy: 0 });
  expect(valuesOf(idle, 'gatehouse_database_waiting', 'process')).toEqual({ test: 0 });
});

it('metrics are not on the public port in production, where `METRICS_PORT` is not set', async () => {
  const env = { NODE_ENV: 'production', SMTP_URL: 'smtp://127.0.0.1:1' };
  const production = await System.start({ env });
  for (const url of [production.apiUrl, production.settings.authUrl]) {
    expect((await send(url, { path: '/metrics' })).status).toBe(404);
  }
  await production.stop();
});

it('an error while metrics are rendered is an answer, and the process goes on', async () => {
  const [port] = await reservePorts(1);
  const metrics = new Metrics('test');
  const server = await metrics.listen(port!);
  const url = `http://127.0.0.1:${port}`;
  const render = jest.spyOn(metrics.registry, 'metrics');
  render.mockRejectedValueOnce(new Error('out of memory'));
  expect((await send(url, { path: '/metrics' })).status).toBe(500);
  expect((await send(url, { path: '/metrics' })).status).toBe(200);
  await expect(new Metrics('second').listen(port!)).rejects.toThrow(
    `Port ${port} is in use by another process. Stop that process, or set METRICS_PORT`,
  );
  server.close();
});

describe('on the port of the process, an error while metrics are rendered', () => {
  let own: InProcessSystem;
  beforeAll(async () => {
    own = await InProcessSystem.start();
  });
  afterAll(() => own.stop());

  it.each([
    ['auth server', () => own.settings.authUrl],
    ['API', () => own.apiUrl],
  ])('is an answer of the %s, which goes on', async (_name, url) => {
    const { Metrics: Served } = loadNatively('runtime/metrics/metrics') as typeof metricsModule;
    const render = jest.spyOn(Served.prototype, 'render');
    render.mockRejectedValueOnce(new Error('out of memory'));
    const failed = await send(url(), { path: '/metrics' });
    expect([failed.status, failed.text]).toEqual([500, expect.not.stringContaining('memory')]);
    expect(render).toHaveBeenCalledTimes(1);
    render.mockRestore();
    expect((await send(url(), { path: '/metrics' })).status).toBe(200);
  });
});

it('a port of the auth server that is in use is named with its setting', async () => {
  const port = Number(new URL(system.settings.authUrl).port);
  const logger = createLogger('auth', 'silent');
  await expect(
    listen(
      createHttpServer(() => {}),
      { logger, port },
    ),
  ).rejects.toThrow(
    `Port ${port} is in use by another process. Stop that process, or set AUTH_PORT`,
  );
});
