import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, getCACertificates } from 'node:tls';
import { Client } from 'pg';
import { StartError } from '../../runtime/start-error';

/**
 * Runs a program of PostgreSQL with the connection of a URL. @throws {StartError} when it is missing
 * or fails.
 */
export async function runProgram(
  program: Program,
  databaseUrl: string,
  options: string[],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  try {
    await run(program, options, toEnvironment(databaseUrl, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(
  program: Program,
  options: string[],
  connection: Record<string, string>,
): Promise<void> {
  const child = spawn(program, [...options, '--no-password'], {
    env: { ...basicVariables(), ...connection },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // A signal for this process alone: the program would go on, and a restore would commit.
  const end = () => void child.kill();
  process.once('exit', end);
  const failed = once(child, 'error').then(([error]) => (error as Error).message);
  const ended = once(child, 'close').then(([code]) => (code === 0 ? null : `exit code ${code}`));
  const problem = await Promise.race([failed, ended]);
  process.off('exit', end);
  if (problem === null) return;
  throw new StartError(`${program} failed: ${problem}. ${ADVICE[program]}`);
}

function basicVariables(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C' };
}

type Program = 'pg_dump' | 'pg_restore';

const ADVICE: Record<Program, string> = {
  pg_dump: 'It must be on the PATH, in the version of the server or a newer one.',
  pg_restore:
    'It must be on the PATH, in the version of the pg_dump that wrote the file or a newer one.',
};

/** @returns the major version, or `null`: {@link runProgram} says why. */
function readVersion(program: Program): number | null {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', env: basicVariables() });
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(stdout ?? '') ?? [];
  return major === undefined ? null : Number(major);
}

/**
 * `pg_restore` sets `transaction_timeout` from this version on, which an older server refuses. No
 * older `pg_restore` reads a file of `pg_dump` of this version.
 */
const FIRST_WITH_TRANSACTION_TIMEOUT = 17;

/** @returns a sentence about the servers that a backup is not for; empty when there is none. */
export function describeLimit(): string {
  const version = readVersion('pg_dump') ?? 0;
  return version < FIRST_WITH_TRANSACTION_TIMEOUT
    ? ''
    : ' It can be restored into PostgreSQL 17 and later only.';
}

/** @throws {StartError} when no `pg_restore` of this version can restore into the server. */
export function refuseOldServer(server: number): void {
  const version = readVersion('pg_restore') ?? 0;
  if (version < FIRST_WITH_TRANSACTION_TIMEOUT || server >= FIRST_WITH_TRANSACTION_TIMEOUT) return;
  throw new StartError(
    `pg_restore ${version} cannot restore into PostgreSQL ${server}. Use pg_dump and pg_restore ` +
      `of a version from ${server} to 16, or restore into PostgreSQL 17 or later.`,
  );
}

/** Parameters of a URL with the name of their variable (libpq, "Environment Variables"). */
const VARIABLES: Record<string, string> = {
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
  options: 'PGOPTIONS',
};

/**
 * The connection as the driver of the processes understands the URL. Every user of the host can read
 * the arguments of a process, but not its environment.
 *
 * @param folder for files that the program reads.
 */
function toEnvironment(databaseUrl: string, folder: string): Record<string, string> {
  const { host, port, user, password, database, ssl } = new Client(databaseUrl);
  const { searchParams } = new URL(databaseUrl);
  const values: Record<string, string | null | undefined> = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    ...certificateCheck(ssl, searchParams, folder),
  };
  for (const [name, variable] of Object.entries(VARIABLES)) {
    values[variable] = searchParams.get(name);
  }
  const set = Object.entries(values).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries(set);
}

/**
 * The driver checks the certificate with each `sslmode` but `no-verify`, against the authorities of
 * Node.js and of NODE_EXTRA_CA_CERTS. libpq knows neither, and no `no-verify`.
 */
function certificateCheck(
  ssl: boolean | ConnectionOptions,
  parameters: URLSearchParams,
  folder: string,
): Record<string, string | null> {
  const { rejectUnauthorized = true, checkServerIdentity } = Object(ssl) as ConnectionOptions;
  if (!ssl) return { PGSSLMODE: parameters.get('sslmode') };
  if (!rejectUnauthorized) return { PGSSLMODE: 'require' };
  return {
    PGSSLMODE: checkServerIdentity ? 'verify-ca' : 'verify-full',
    PGSSLROOTCERT: parameters.get('sslrootcert') ?? writeAuthorities(folder),
  };
}

function writeAuthorities(folder: string): string {
  const file = join(folder, 'authorities.pem');
  writeFileSync(file, getCACertificates().join('\n'));
  return file;
}
