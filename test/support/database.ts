import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { loadNatively } from './native/load';

type ServerConnections = typeof import('./native/server-connections');

const { serverConnections } = loadNatively(
  'test/support/native/server-connections',
) as ServerConnections;

/** A separate database for a test. */
export interface TestDatabase {
  url: string;
  /** Terminates remaining connections. */
  drop(): Promise<void>;
}

/** Tells the workers the URL of the server; set by `global-setup.ts`. */
export const SERVER_URL_VARIABLE = 'GATEHOUSE_TEST_SERVER_URL';
/** The name of the run, a prefix of the names of its databases. */
export const RUN_VARIABLE = 'GATEHOUSE_TEST_RUN';

/**
 * Test databases are not like a developer's: the time zone of a session has a half-hour offset,
 * and texts are not sorted by their bytes. Code that depends on either fails.
 */
const TIME_ZONE = 'Asia/Kolkata';
const COLLATION = `TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'`;
/** Older servers take no ICU collation for a database. */
const ICU_SINCE = 150_000;
/** Older servers always copy files. */
const STRATEGY_SINCE = 150_000;

/** A database with the whole schema and no rows. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(async (client) => `TEMPLATE "${templateName()}" ${await copyOptions(client)}`);
}

/** A database without a schema, for tests of the migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return create(collationOptions);
}

/**
 * Applies the schema once, to the template of the other databases. @param migrate receives the
 * URL.
 */
export async function createTemplate(migrate: (url: string) => Promise<unknown>): Promise<void> {
  await onServer(async (client) => {
    await client.query(`CREATE DATABASE "${templateName()}" ${await collationOptions(client)}`);
    await migrate(urlOf(templateName()));
    await client.query(`ALTER DATABASE "${templateName()}" ALLOW_CONNECTIONS false`);
  });
}

async function collationOptions(client: ClientBase): Promise<string> {
  return (await readServer(client)).version >= ICU_SINCE ? COLLATION : '';
}

/**
 * A copy of the files takes half of the processor time of a copy through the log, and so does the
 * removal. It needs checkpoints, which are only cheap on a server without fsync.
 */
async function copyOptions(client: ClientBase): Promise<string> {
  const { version, fsync } = await readServer(client);
  return version >= STRATEGY_SINCE && fsync === 'off' ? 'STRATEGY FILE_COPY' : '';
}

async function readServer(client: ClientBase): Promise<{ version: number; fsync: string }> {
  const { rows } = await client.query<{ version: number; fsync: string }>(
    `SELECT current_setting('server_version_num')::int AS version,
            current_setting('fsync') AS fsync`,
  );
  return rows[0]!;
}

async function create(optionsFor: (client: ClientBase) => Promise<string>): Promise<TestDatabase> {
  const name = `${setting(RUN_VARIABLE)}_${randomBytes(6).toString('hex')}`;
  await onServer(async (client) => {
    await client.query(`CREATE DATABASE "${name}" ${await optionsFor(client)}`);
    await client.query(`ALTER DATABASE "${name}" SET timezone TO '${TIME_ZONE}'`);
  });
  return {
    url: urlOf(name),
    drop: () =>
      onServer(async (client) => {
        await untilLeft(client, name);
        await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      }),
  };
}

/**
 * Waits until closed connections have ended. A pool reports its end earlier, and a terminated
 * connection would be an error without a listener.
 */
async function untilLeft(client: ClientBase, database: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const { rowCount } = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend' LIMIT 1`,
      [database],
    );
    if (rowCount === 0) return;
    await sleep(25);
  }
}

async function onServer(work: (client: ClientBase) => Promise<unknown>): Promise<void> {
  const client = await serverConnections(setting(SERVER_URL_VARIABLE)).connect();
  try {
    await work(client);
  } finally {
    client.release();
  }
}

function templateName(): string {
  return `${setting(RUN_VARIABLE)}_template`;
}

function urlOf(database: string): string {
  const url = new URL(setting(SERVER_URL_VARIABLE));
  url.pathname = `/${database}`;
  return url.href;
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: databases exist while jest runs`);
  return value;
}
