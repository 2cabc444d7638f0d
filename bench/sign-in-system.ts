import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { type AuthServer, createAuthServer } from '../auth-server/app';
import { CLIENT_ADDRESS_HEADER, INTERNAL_KEY_HEADER } from '../contract';
import { startEmbeddedPostgres } from '../launcher/postgres/embedded-postgres';
import { runMigrations } from '../launcher/migrations';
import { createLogger } from '../runtime/logger';
import { loadSettings } from '../runtime/settings/load';

const INTERNAL_SECRET = 'k4Vw9sQ2mX7pL1zR8tB3nC6yH5jD0fGa';

/** The compared hash functions, and the e-mail address of an account of each. */
const WAYS = ['scrypt', 'argon2id', 'argon2id and limits'] as const;
export type Way = (typeof WAYS)[number];

/** Auth servers with different password hashes, on one database. */
export interface SignInSystem {
  ways: readonly Way[];
  /** One whole sign-in over HTTP, from a new IP address. */
  signIn(way: Way): Promise<void>;
  stop(): Promise<void>;
}

export async function startSignInSystem(password: string): Promise<SignInSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const directory = join(folder, 'postgres');
  const postgres = await startEmbeddedPostgres({ directory, durable: false });
  await runMigrations(postgres.url);
  const servers = new Map<Way, Listening>();
  for (const way of WAYS) servers.set(way, await startServer(way, postgres.url));
  const ask = (way: Way, path: string) =>
    post(`${servers.get(way)!.url}${path}`, { ...credentials(way, password), name: 'Ann' });
  for (const way of WAYS) await ask(way, '/sign-up/email');
  return {
    ways: WAYS,
    signIn: (way) => ask(way, '/sign-in/email'),
    stop: async () => {
      for (const server of servers.values()) await server.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Listening {
  url: string;
  stop(): Promise<void>;
}

async function startServer(way: Way, databaseUrl: string): Promise<Listening> {
  const settings = loadSettings(
    {
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      BETTER_AUTH_SECRET: 'vT4qN8wZ1xK6rP3mS9cF2hJ7bL5dG0yA',
      INTERNAL_SECRET,
      ADMIN_PASSWORD: 'the first administrator',
      RATE_LIMITS: way === 'argon2id and limits' ? 'on' : 'off',
    },
    'auth',
  );
  const authServer = await createAuthServer({ settings, logger: createLogger('bench', 'silent') });
  if (way === 'scrypt') await hashAsBefore(authServer);
  const server = createServer(authServer.app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/auth`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await authServer.close();
    },
  };
}

/** Better-Auth's default. */
async function hashAsBefore({ auth }: AuthServer): Promise<void> {
  const { password } = await auth.$context;
  Object.assign(password, { hash: hashPassword, verify: verifyPassword });
}

function credentials(way: Way, password: string) {
  return { email: `${way.replaceAll(' ', '-')}@example.com`, password };
}

let requests = 0;

async function post(url: string, body: object): Promise<void> {
  requests += 1;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: 'http://localhost:3000',
      [INTERNAL_KEY_HEADER]: INTERNAL_SECRET,
      [CLIENT_ADDRESS_HEADER]: `10.${requests >> 16}.${(requests >> 8) & 255}.${requests & 255}`,
    },
    body: JSON.stringify(body),
  });
  if (response.status !== 200) throw new Error(`${url}: ${await response.text()}`);
  await response.arrayBuffer();
}
