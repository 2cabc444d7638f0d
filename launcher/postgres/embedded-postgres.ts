import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { createCluster } from './postgres-cluster';
import { locateBinaries, locateCluster } from './postgres-home';
import {
  signalServer,
  spawnServer,
  stopLeftServer,
  stopServer,
  type ServerProcess,
} from './postgres-process';
import { findFreePort } from '../services/ports';
import { findServerAccount, type ServerAccount } from './server-account';
import { StartError } from '../../runtime/start-error';

/** Name of the database and of its owner. */
const NAME = 'gatehouse';
const HOST = '127.0.0.1';
const START_LIMIT_MS = 60_000;

export interface EmbeddedPostgresOptions {
  /** Folder of all persistent data of the cluster; created when it is missing. */
  directory: string;
  /** `false` for tests: faster, and the data may not survive a crash of the host. */
  durable: boolean;
  /** The preferred port; otherwise that of the last start. */
  port?: number;
  /** Receives messages for the user, such as a stopped server of an earlier start. */
  log?: (line: string) => void;
  /** Aborts the start: it rejects, with nothing left running. */
  signal?: AbortSignal;
}

export interface EmbeddedPostgres {
  /** Connection URL with the password. */
  url: string;
  pid: number;
  /** Resolves with the reason of the end, after a stop or a crash. */
  ended: Promise<string>;
  /** Disconnects the clients and waits until the data is complete on disk. */
  stop(): Promise<void>;
  /** Ends it at once; the next start recovers the data from the write-ahead log. */
  kill(): void;
}

interface Cluster {
  directory: string;
  data: string;
  binaries: string;
  account: ServerAccount | null;
  password: string;
}

/**
 * Starts a PostgreSQL server that listens only on loopback. The caller makes sure that only one
 * process does so for a directory.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(options);
  const { server, port } = await launch(cluster, options);
  return {
    url: urlOf({ port, password: cluster.password, database: NAME }),
    pid: server.pid,
    ended: server.ended,
    stop: async () => {
      if (!server.hasEnded()) await stopServer(server.pid);
    },
    kill: () => {
      if (!server.hasEnded()) signalServer(server.pid, 'SIGQUIT');
    },
  };
}

async function prepareCluster(options: EmbeddedPostgresOptions): Promise<Cluster> {
  const { log = () => {}, durable, signal } = options;
  const account = findServerAccount(join(options.directory, 'data'), log);
  const binaries = locateBinaries(account, log);
  const directory = locateCluster(options.directory, { account, log });
  const data = join(directory, 'data');
  refuseForeignData(data, account);
  await stopLeftServer(data, log);
  signal?.throwIfAborted();
  if (!existsSync(join(data, 'PG_VERSION'))) {
    await createCluster({ directory, binaries, account, user: NAME, durable, signal });
  }
  const password = readFileSync(join(directory, 'password'), 'utf8').trim();
  return { directory, data, binaries, account, password };
}

/** PostgreSQL refuses it too, with a message that does not help. */
function refuseForeignData(data: string, account: ServerAccount | null): void {
  const owner = statSync(data, { throwIfNoEntry: false })?.uid;
  if (owner === undefined || owner === (account?.uid ?? process.getuid?.())) return;
  throw new StartError(
    `${data} belongs to another user (uid ${owner}). Start as that user, or move it away.`,
  );
}

/**
 * Another process can take a port between check and start, and children of a killed server can
 * hold its shared memory for a moment: a retry solves both.
 */
async function launch(cluster: Cluster, options: EmbeddedPostgresOptions) {
  const deadline = Date.now() + START_LIMIT_MS;
  const logFile = join(cluster.directory, 'server.log');
  for (;;) {
    const port = await choosePort(cluster.directory, options.port);
    const server = spawnServer({ ...cluster, port, logFile, parameters: parametersFor(options) });
    try {
      if (await becomesReady(server, { port, cluster, deadline, signal: options.signal })) {
        return { server, port };
      }
    } catch (error) {
      if (!server.hasEnded()) await stopServer(server.pid);
      throw error;
    }
    const log = readFileSync(logFile, 'utf8');
    if (!/pre-existing shared memory block|could not bind/.test(log) || Date.now() > deadline) {
      throw new StartError(
        `The embedded PostgreSQL did not start (${await server.ended}):\n${log}`,
      );
    }
    await delay(200, undefined, { signal: options.signal });
  }
}

/** The last port is preferred, so that configured tools find the database again. */
async function choosePort(directory: string, preferred?: number): Promise<number> {
  const file = join(directory, 'port');
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  const port = await findFreePort(HOST, preferred ?? last);
  if (port !== last) writeFileSync(file, `${port}\n`, { mode: 0o600 });
  return port;
}

function parametersFor({ durable }: EmbeddedPostgresOptions): Record<string, string> {
  // Only for data that may be lost. A deadlock is also found sooner: tests wait for many. Logins of
  // tests cost less: tests open thousands of connections.
  const unsafe = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    deadlock_timeout: '50ms',
    scram_iterations: '1',
  };
  return {
    listen_addresses: HOST,
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : unsafe),
  };
}

interface Readiness {
  port: number;
  cluster: Cluster;
  deadline: number;
  signal?: AbortSignal;
}

/** @returns `false` when the server ended instead. */
async function becomesReady(server: ServerProcess, expected: Readiness): Promise<boolean> {
  while (!server.hasEnded()) {
    if (await canServe(expected)) return true;
    if (Date.now() > expected.deadline)
      throw new StartError('The embedded PostgreSQL does not answer.');
    await delay(25, undefined, { signal: expected.signal });
  }
  return false;
}

/** Also creates the database, which an interrupted start may have missed. */
async function canServe({ port, cluster: { password } }: Readiness): Promise<boolean> {
  const client = new Client(urlOf({ port, password, database: 'postgres' }));
  client.on('error', () => {});
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [NAME]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${NAME}`);
    return true;
  } catch (error) {
    if (isStillStarting(error as NodeJS.ErrnoException)) return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** 57P03: recovery after a crash is still running. */
function isStillStarting({ code }: NodeJS.ErrnoException): boolean {
  return ['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(code ?? '');
}

function urlOf({ port, password, database }: { port: number; password: string; database: string }) {
  return `postgres://${NAME}:${password}@${HOST}:${port}/${database}`;
}
