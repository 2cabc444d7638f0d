import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createAuthServer } from '../auth-server/app';
import { startEmbeddedPostgres } from '../launcher/embedded-postgres';
import { runMigrations } from '../launcher/migrations';
import { findFreePort } from '../launcher/ports';
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

/** Names of two words: 5,000 first ones, and second ones of which hardly two are alike. */
const GENERATE_USERS = `
  INSERT INTO "user" (id, name, email, created_at)
  SELECT md5(n::text), initcap(substr(word(n % 5000), 1, 6) || ' ' || substr(word(n), 1, 9)),
         substr(word(n % 5000), 1, 6) || '.' || n || '@example.com',
         timestamptz '2020-01-01' + n / 3 * interval '1 second'
    FROM generate_series(1, $1::int) AS n`.replaceAll(
  /word\((.*?)\)/g,
  `translate(md5('$1' || ($1)::text), '0123456789', 'ghijklmnop')`,
);

const SELECT_INDEXES = `
  SELECT indexname AS name, indexdef AS definition FROM pg_indexes
   WHERE tablename = 'user' AND indexname LIKE '%_idx'`;

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

async function generateUsers(url: string, users: number): Promise<void> {
  const client = new Client(url);
  await client.connect();
  // The same indexes, made once at the end: that takes a tenth of the time.
  const { rows } = await client.query<{ name: string; definition: string }>(SELECT_INDEXES);
  for (const { name } of rows) await client.query(`DROP INDEX "${name}"`);
  await client.query(GENERATE_USERS, [users]);
  for (const { definition } of rows) await client.query(definition);
  await client.query('VACUUM (ANALYZE) "user"');
  await client.end();
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
