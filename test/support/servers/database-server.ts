import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { dropTestLogins } from './database-logins';
import { chooseServerFolder, FOLDER_VARIABLE, SERVER_FOLDERS } from './server-folder';
import { startEmbeddedPostgres } from '../../../launcher/postgres/embedded-postgres';
import { findOwner, takeLock } from '../../../launcher/foreground/owner-lock';
import { stopLeftServer } from '../../../launcher/postgres/postgres-process';
import { findProcess } from '../../../launcher/foreground/process-table';

const FOLDER_PREFIX = 'gatehouse-test-';
const LOCK_SUFFIX = '.lock';

/** The database server of one test run. */
export interface TestServer {
  /** A user who may create databases. */
  url: string;
  stop(): Promise<void>;
  /** For the end of the process, when it cannot wait. */
  abandon(): void;
}

/**
 * A server in a temporary folder, in memory where there is enough. It is removed at the end of the
 * run, after an interruption, or by the next run after a kill.
 */
export async function startOwnServer(run: string): Promise<TestServer> {
  await removeAbandonedServers();
  const folder = join(chooseServerFolder(), `${FOLDER_PREFIX}${randomBytes(4).toString('hex')}`);
  const lock = takeLock(`${folder}${LOCK_SUFFIX}`);
  const server = await startEmbeddedPostgres({
    directory: join(folder, 'postgres'),
    durable: false,
  });
  process.env[FOLDER_VARIABLE] = folder;
  // A test can start a run of its own on this server.
  const presence = await connectAs(server.url, run);
  const removeFiles = () => {
    rmSync(folder, { recursive: true, force: true });
    lock.release();
  };
  return {
    url: server.url,
    stop: async () => {
      await presence.end();
      await server.stop();
      removeFiles();
    },
    abandon: () => {
      quitNow(server.pid);
      removeFiles();
    },
  };
}

/** Immediate shutdown, with a synchronous wait. */
function quitNow(pid: number): void {
  if (findProcess(pid)) process.kill(pid, 'SIGQUIT');
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waits = 0; findProcess(pid) && waits < 200; waits += 1) Atomics.wait(clock, 0, 0, 10);
}

async function removeAbandonedServers(): Promise<void> {
  for (const lock of SERVER_FOLDERS.flatMap(listLocks)) {
    const folder = lock.slice(0, -LOCK_SUFFIX.length);
    // Another run can remove the same at this moment.
    const owner = statSync(lock, { throwIfNoEntry: false })?.uid;
    if (owner !== userInfo().uid || findOwner(lock) !== null) continue;
    await stopLeftServer(join(folder, 'postgres', 'data'), () => {});
    rmSync(folder, { recursive: true, force: true });
    rmSync(lock, { force: true });
  }
}

function listLocks(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(FOLDER_PREFIX) && name.endsWith(LOCK_SUFFIX))
    .map((name) => join(folder, name));
}

/**
 * An existing server. Several runs can use it at once: each stays connected under its name, and
 * databases of ended runs are dropped.
 */
export async function useGivenServer(url: string, run: string): Promise<TestServer> {
  const client = await connectToGiven(url, run);
  await dropEndedRuns(client);
  return {
    url,
    stop: async () => {
      await dropWhere(client, `datname LIKE '${run}\\_%'`);
      await client.end();
      await dropTestLogins(url);
    },
    abandon: () => {},
  };
}

async function connectToGiven(url: string, run: string): Promise<Client> {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new Error('TEST_DATABASE_URL does not begin with postgres://');
  }
  try {
    return await connectAs(url, run);
  } catch (error) {
    // A name with two addresses has no message, and the code of the second one.
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = message || code;
    throw new Error(`TEST_DATABASE_URL: no connection to the server: ${reason}`, { cause: error });
  }
}

/** Drops the databases of the runs that are not connected. */
export async function dropEndedRuns(client: Client): Promise<void> {
  // With the name of the table: `pg_stat_activity` has a column `datname` too.
  await dropWhere(
    client,
    `NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name =
                  substring(pg_database.datname FROM '^gatehouse_test_[0-9a-f]+'))`,
  );
}

/** Shows other runs on the server that the databases of this one are in use. */
async function connectAs(url: string, run: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: run });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function dropWhere(client: Client, condition: string): Promise<void> {
  const found = await client.query<{ datname: string }>(
    `SELECT datname FROM pg_database
      WHERE datname ~ '^gatehouse_test_[0-9a-f]+_' AND pg_get_userbyid(datdba) = current_user
        AND ${condition}`,
  );
  for (const { datname } of found.rows) {
    await client.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
  }
}
