import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateUsers } from './system/users';
import { createAuthServer } from '../auth-server/app';
import { startEmbeddedPostgres } from '../launcher/postgres/embedded-postgres';
import { runMigrations } from '../launcher/migrations';
import { findFreePort } from '../launcher/services/ports';
import { createLogger } from '../runtime/logger';
import { loadSettings } from '../runtime/settings/load';
import { createApi } from '../src/app.setup';

const ADMINISTRATOR = { email: 'admin@example.com', password: 'the first administrator' };

/** Both processes before a database of their own, with many users in it. */
export interface UserListSystem {
  app: NestFastifyApplication;
  /** As the first administrator. */
  get<Body>(path: string): Promise<Body>;
  stop(): Promise<void>;
}

export async function startUserListSystem(users: number): Promise<UserListSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const postgres = await startEmbeddedPostgres({
    directory: join(folder, 'postgres'),
    durable: false,
  });
  await runMigrations(postgres.url);
  await generateUsers(postgres.url, users);
  const logger = createLogger('bench', 'silent');
  const [authPort, apiPort] = [await findFreePort('127.0.0.1'), await findFreePort('127.0.0.1')];
  const settings = loadSettings(environmentOf({ url: postgres.url, authPort, apiPort }), 'auth');
  const authServer = await createAuthServer({ settings, logger });
  const server = createServer(authServer.app).listen(authPort, '127.0.0.1');
  await once(server, 'listening');
  const app = await createApi(settings, logger);
  await app.listen(apiPort, '127.0.0.1');
  const accessToken = await signIn(`http://127.0.0.1:${apiPort}`);
  return {
    app,
    get: (path) => getJson(`http://127.0.0.1:${apiPort}${path}`, accessToken),
    stop: async () => {
      await app.close();
      server.close();
      server.closeAllConnections();
      await authServer.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function environmentOf(parts: { url: string; authPort: number; apiPort: number }) {
  return {
    NODE_ENV: 'test',
    DATABASE_URL: parts.url,
    AUTH_PORT: String(parts.authPort),
    API_PORT: String(parts.apiPort),
    AUTH_URL: `http://127.0.0.1:${parts.authPort}`,
    BETTER_AUTH_SECRET: 'a secret of a benchmark, of 32 characters',
    ADMIN_EMAIL: ADMINISTRATOR.email,
    ADMIN_PASSWORD: ADMINISTRATOR.password,
  };
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMINISTRATOR),
  });
  const { accessToken } = (await response.json()) as { accessToken: string };
  return accessToken;
}

async function getJson<Body>(url: string, accessToken: string): Promise<Body> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
  if (response.status !== 200) throw new Error(`${response.status} of ${url}`);
  return (await response.json()) as Body;
}
