import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { reservePorts } from '../support/ports';
import { OAuthStage } from '../oauth/stage';
import { eventually as untilTrue } from '../live-access/readiness';
import { eventually } from '../support/eventually';
import { PASSWORD, System } from '../support/system';
import { TcpProxy } from '../support/servers/tcp-proxy';

const FOLDER = join(__dirname, '../../examples/fastapi');

/** Rounds of each kind of change whose delays are printed. */
const ROUNDS = Number(process.env.FOLLOWER_ROUNDS ?? 3);

let system: System;
let stage: OAuthStage;
let proxy: TcpProxy;
let backend: ChildProcess;
let url: string;

beforeAll(async () => {
  system = await System.start();
  stage = await OAuthStage.on(system);
  proxy = await TcpProxy.before(system.apiUrl);
  const [port] = await reservePorts(1);
  url = `http://127.0.0.1:${port}`;
  backend = await startBackend(port!);
  await untilTrue(isCurrent, true);
});

afterAll(async () => {
  backend.kill();
  await once(backend, 'exit');
  await proxy.cut();
  await system.stop();
});

async function startBackend(port: number): Promise<ChildProcess> {
  const reader = await stage.register({ type: 'machine', scopes: ['access-events:read'] });
  const { jwtIssuer, jwtAudience, authUrl } = system.settings;
  const arguments_ = ['-m', 'uvicorn', 'main:app', '--port', String(port), '--log-level', 'error'];
  return spawn('/usr/bin/python3', arguments_, {
    cwd: FOLDER,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      API_URL: new URL(proxy.via(system.apiUrl)).origin,
      JWT_ISSUER: jwtIssuer,
      JWT_AUDIENCE: jwtAudience,
      JWKS_URL: `${authUrl}/api/auth/jwks`,
      TOKEN_URL: `${stage.base}/token`,
      CLIENT_ID: reader.clientId,
      CLIENT_SECRET: reader.clientSecret!,
    },
  });
}

async function isCurrent(): Promise<boolean> {
  const response = await fetch(`${url}/health`).catch(() => null);
  return ((await response?.json()) as { current: boolean } | undefined)?.current ?? false;
}

async function statusOf(path: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(url + path, { headers });
  await response.arrayBuffer();
  return response.status;
}

interface Round {
  path: string;
  token: string;
  expected: number;
  change: () => Promise<unknown>;
}

/** @returns milliseconds from the end of the change to the first refusal. */
async function delayOf({ path, token, expected, change }: Round): Promise<number> {
  expect(await statusOf(path, token)).toBe(200);
  await change();
  const began = performance.now();
  while ((await statusOf(path, token)) !== expected) {
    if (performance.now() - began > 30_000) throw new Error(`no ${expected}`);
  }
  return performance.now() - began;
}

async function measure(name: string, makeRound: () => Promise<Round>): Promise<void> {
  const delays: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) delays.push(await delayOf(await makeRound()));
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!.toFixed(1);
  process.stdout.write(
    `FastAPI, ${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n`,
  );
}

describe('the FastAPI backend', () => {
  it('refuses no token, a forged token and a token for another audience', async () => {
    const { accessToken } = await system.asUser();
    expect((await fetch(`${url}/orders`)).status).toBe(401);
    expect(await statusOf('/orders', `${accessToken.slice(0, -6)}AAAAAA`)).toBe(401);
    expect(await statusOf('/orders', 'e30.e30.')).toBe(401);
  });

  it('enforces the role of a user and the scope of a service account', async () => {
    const user = await system.asUser();
    expect(await statusOf('/orders', user.accessToken)).toBe(200);
    expect(await statusOf('/reports', user.accessToken)).toBe(403);
    expect(await statusOf('/reports', (await system.asAdmin()).accessToken)).toBe(200);
    const other = await stage.register({ type: 'machine', scopes: ['audit:read'] });
    const { body } = await stage.serviceAccountToken(other);
    expect(await statusOf('/orders', body.access_token)).toBe(403);
  });

  it('refuses after a ban by a statement', () =>
    measure('ban', async () => {
      const { id, accessToken } = await system.asUser();
      const change = () => system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [id]);
      return { path: '/orders', token: accessToken, expected: 401, change };
    }));

  it('refuses after a demotion what the new role does not allow', () =>
    measure('demotion', async () => {
      const { email, id } = await system.asNewAdmin();
      const { accessToken } = await system.signIn({ email, password: PASSWORD });
      const change = () => system.query(`UPDATE "user" SET role = 'user' WHERE id = $1`, [id]);
      return { path: '/reports', token: accessToken, expected: 403, change };
    }));

  it('refuses after a client is disabled', () =>
    measure('disabled client', async () => {
      const client = await stage.register({ type: 'machine', scopes: ['users:read'] });
      const { body } = await stage.serviceAccountToken(client);
      const change = () => stage.change(client.clientId, { disabled: true });
      return { path: '/orders', token: body.access_token, expected: 401, change };
    }));

  it('answers 503 while the stream is cut, and knows afterwards what happened', async () => {
    const { id, accessToken } = await system.asUser();
    expect(await statusOf('/orders', accessToken)).toBe(200);
    await proxy.cut();
    await eventually(async () => expect(await statusOf('/orders', accessToken)).toBe(503));
    await system.query(`UPDATE "user" SET banned = true WHERE id = $1`, [id]);
    await proxy.restore();
    await eventually(async () => expect(await statusOf('/orders', accessToken)).toBe(401));
  });
});
