import { randomUUID } from 'node:crypto';
import { createHttpServer, listen } from '../../auth-server/http/server';
import { createLogger } from '../../runtime/logger';
import { Metrics } from '../../runtime/metrics';
import { reservePorts } from '../support/ports';
import { send } from '../support/raw-http';
import { System } from '../support/system';

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
