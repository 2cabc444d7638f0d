import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { MigrationError } from '../migration-error';
import { runMigrations } from '../migrations';
import { explainConnection } from '../../runtime/database/connection-errors';
import { createDatabaseClient } from '../../runtime/database/database-client';
import { StartError } from '../../runtime/start-error';

/**
 * Owner and privileges are not part of a backup: the database may belong to another login, and
 * `npm run migrate` gives the roles their privileges.
 */
const WITHOUT_ROLES = ['--no-owner', '--no-privileges'];

/** Only the owner of the process can read the file: it contains password hashes. */
const OWNER_ONLY = 0o600;

/**
 * Writes a consistent copy of the database, while it is in use. The file appears when it is
 * complete.
 *
 * @throws {StartError} when the file exists, or `pg_dump` is missing or fails.
 */
export async function backUp(databaseUrl: string, file: string): Promise<void> {
  refuseExisting(file);
  // Not the process id: each container has a process 1.
  const draft = `${file}.${randomUUID()}.partial`;
  closeSync(openSync(draft, 'w', OWNER_ONLY));
  chmodSync(draft, OWNER_ONLY);
  try {
    await run('pg_dump', databaseUrl, ['--format=custom', ...WITHOUT_ROLES, `--file=${draft}`]);
    refuseExisting(file);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function refuseExisting(file: string): void {
  if (existsSync(file)) throw new StartError(`${file} exists. Give the backup another name.`);
}

/**
 * Restores a backup into an empty database, as a whole or not at all, applies later migrations and
 * gives the roles of the processes their privileges.
 *
 * @throws {StartError} when the database cannot be reached or is not empty; when `pg_restore` is
 *   missing or fails; when a later migration fails.
 */
export async function restore(databaseUrl: string, file: string): Promise<number> {
  if (!existsSync(file)) throw new StartError(`${file} does not exist.`);
  await requireEmpty(databaseUrl);
  const { pathname } = new URL(databaseUrl);
  const database = `--dbname=${decodeURIComponent(pathname.slice(1))}`;
  const options = ['--single-transaction', '--exit-on-error', ...WITHOUT_ROLES, database];
  await run('pg_restore', databaseUrl, [...options, file]);
  return migrate(databaseUrl);
}

async function migrate(databaseUrl: string): Promise<number> {
  try {
    return await runMigrations(databaseUrl);
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    throw new StartError(`The migration failed: ${error.message}`, { cause: error });
  }
}

async function requireEmpty(databaseUrl: string): Promise<void> {
  const client = createDatabaseClient({ connectionString: databaseUrl });
  try {
    await client.connect();
    const { rowCount } = await client.query(
      `SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1`,
    );
    if (rowCount !== 0) {
      throw new StartError('The database is not empty. Restore into a new database.');
    }
  } catch (error) {
    throw explainConnection(error);
  } finally {
    await client.end().catch(() => {});
  }
}

async function run(program: string, databaseUrl: string, options: string[]): Promise<void> {
  const child = spawn(program, [...options, '--no-password'], {
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...toEnvironment(databaseUrl) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const failed = once(child, 'error').then(([error]) => (error as Error).message);
  const ended = once(child, 'close').then(([code]) => (code === 0 ? null : `exit code ${code}`));
  const problem = await Promise.race([failed, ended]);
  if (problem === null) return;
  throw new StartError(
    `${program} failed: ${problem}. It must be on the PATH, in the version of the server or a newer one.`,
  );
}

/** Parameters of a URL with the name of their variable (libpq, "Environment Variables"). */
const VARIABLES: Record<string, string> = {
  host: 'PGHOST',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  options: 'PGOPTIONS',
};

/** Every user of the host can read the arguments of a process, but not its environment. */
function toEnvironment(databaseUrl: string): Record<string, string> {
  const url = new URL(databaseUrl);
  const named = [...url.searchParams].flatMap(([name, value]) => {
    const variable = VARIABLES[name];
    return variable ? [[variable, value] as const] : [];
  });
  const values = {
    // A folder of sockets is percent-encoded.
    PGHOST: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
  };
  const set = Object.entries(values).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(set), ...Object.fromEntries(named) };
}
