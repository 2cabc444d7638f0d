import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ServerAccount } from './server-account';
import { StartError } from '../../runtime/start-error';

export interface ClusterOptions {
  directory: string;
  binaries: string;
  account: ServerAccount | null;
  /** Name of the superuser. */
  user: string;
  durable: boolean;
  signal?: AbortSignal;
}

interface ClusterFiles {
  data: string;
  password: string;
}

/**
 * Creates a cluster and its password in a folder beside `directory`, and renames the folder when
 * it is complete. An interrupted start leaves no incomplete cluster.
 */
export async function createCluster(options: ClusterOptions): Promise<void> {
  const { directory } = options;
  if (existsSync(directory)) {
    throw new StartError(
      `${directory} holds no PostgreSQL data. Move it away, a new one is made then.`,
    );
  }
  removeDrafts(directory);
  const draft = `${directory}.draft-${process.pid}`;
  mkdirSync(draft);
  try {
    await initialise(draft, options);
    renameSync(draft, directory);
  } finally {
    removeDrafts(directory);
  }
}

/** The process that writes the draft can run for a moment after a killed start, so the removal is retried. */
function removeDrafts(directory: string): void {
  for (const name of readdirSync(dirname(directory))) {
    if (!name.startsWith(`${basename(directory)}.draft-`)) continue;
    rmSync(join(dirname(directory), name), { recursive: true, force: true, maxRetries: 10 });
  }
}

async function initialise(draft: string, options: ClusterOptions): Promise<void> {
  const files: ClusterFiles = { data: join(draft, 'data'), password: join(draft, 'password') };
  mkdirSync(files.data, { mode: 0o700 });
  writeFileSync(files.password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  const { account } = options;
  if (account) {
    chmodSync(draft, 0o755);
    chownSync(files.data, account.uid, account.gid);
    chownSync(files.password, account.uid, account.gid);
  }
  await runInitdb(files, options);
}

async function runInitdb(files: ClusterFiles, options: ClusterOptions): Promise<void> {
  const { binaries, account, signal } = options;
  const initdb = spawn(join(binaries, 'initdb'), initdbArguments(files, options), {
    ...account,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  const stopWithHelpers = () => process.kill(-initdb.pid!, 'SIGTERM');
  signal?.addEventListener('abort', stopWithHelpers);
  const ended = once(initdb, 'close') as Promise<[number | null]>;
  const [[code], complaint] = await Promise.all([ended, text(initdb.stderr)]);
  signal?.removeEventListener('abort', stopWithHelpers);
  signal?.throwIfAborted();
  if (code !== 0) {
    throw new StartError(`PostgreSQL's initdb failed (exit code ${code}):\n${complaint}`);
  }
}

/**
 * The built-in locale sorts and compares the same on every host; the system's locale may differ.
 */
function initdbArguments(files: ClusterFiles, { user, durable }: ClusterOptions): string[] {
  return [
    `--pgdata=${files.data}`,
    `--pwfile=${files.password}`,
    `--username=${user}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ];
}
