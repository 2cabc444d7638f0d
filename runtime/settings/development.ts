import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { StartError } from '../start-error';

/** The data of a development system between starts. Never in version control. */
export const DATA_DIRECTORY = '.data';

const ENV_FILE = '.env';

/** The files of the embedded database. */
export const EMBEDDED_DIRECTORY = join(DATA_DIRECTORY, 'postgres');

/** The URL of the running embedded database, for a process that is started separately. */
export const EMBEDDED_URL_FILE = join(DATA_DIRECTORY, 'database-url');

/**
 * The environment, then `.env`, whose `DATABASE_DIRECT_URL` belongs to its `DATABASE_URL`. Outside
 * production also a secret that is generated once, and the URL of the running embedded database.
 */
export function completeEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const completed = { ...withoutOtherDatabase(readEnvFile(), env), ...definedValues(env) };
  if (completed.NODE_ENV === 'production') return completed;
  completed.DATABASE_URL ||= readIfThere(EMBEDDED_URL_FILE)?.trim();
  if (!completed.BETTER_AUTH_SECRETS) {
    completed.BETTER_AUTH_SECRET ||= secretIfWritable('better-auth-secret');
  }
  return completed;
}

function withoutOtherDatabase(file: NodeJS.Dict<string>, env: NodeJS.ProcessEnv) {
  return namesOther(file, env) ? { ...file, DATABASE_DIRECT_URL: undefined } : file;
}

/** Says that the direct URL of `.env` has no effect, where that is so. */
export function warnOfUnusedDirectUrl(warn: (line: string) => void, env = process.env): void {
  const file = readEnvFile();
  if (!file.DATABASE_DIRECT_URL || env.DATABASE_DIRECT_URL || !namesOther(file, env)) return;
  warn(
    'DATABASE_DIRECT_URL of .env is not used: DATABASE_URL of the environment names another ' +
      'database than that of .env.',
  );
}

/** A direct URL has another host than that of a pooler: only the pair in the file shows a difference. */
function namesOther(file: NodeJS.Dict<string>, env: NodeJS.ProcessEnv): boolean {
  if (!file.DATABASE_URL || !env.DATABASE_URL) return false;
  return placeOf(file.DATABASE_URL) !== placeOf(env.DATABASE_URL);
}

/** Host, port and database, as the driver understands a URL; without `pg`, which tracing loads later. */
function placeOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  const { hostname, port, pathname, searchParams } = parsed;
  const host = searchParams.get('host') ?? hostname;
  return `${host.toLowerCase()}:${(searchParams.get('port') ?? port) || '5432'}${pathname}`;
}

/** Codes of a folder that the process may not change, as in the image. */
const NOT_WRITABLE = ['EACCES', 'EPERM', 'EROFS'];

/**
 * `undefined` where no file can be written: the check of the settings then names what is missing,
 * also a misspelt `production`, and the API needs no such secret.
 */
function secretIfWritable(name: string): string | undefined {
  try {
    return keptSecret(name);
  } catch (error) {
    if (!NOT_WRITABLE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return undefined;
  }
}

/**
 * `.env` of the folder, if there is one. Editors of Windows begin a file with a byte order mark.
 *
 * @throws {StartError} when the file is not UTF-8: its settings would have no effect.
 */
export function readEnvFile(): NodeJS.Dict<string> {
  const text = readIfThere(ENV_FILE) ?? '';
  if (/[\0\uFFFD]/.test(text)) {
    throw new StartError(
      '.env is not encoded as UTF-8. Save it as UTF-8 without a byte order mark.',
    );
  }
  return parseEnv(text.replace(/^\uFEFF/, ''));
}

function definedValues(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/**
 * A secret that is generated once and kept in a file of its own.
 *
 * Two processes may start at once: the process whose link succeeds creates the file, and the other
 * one reads it. The file is written before it gets its name, so no process reads an empty file.
 */
export function keptSecret(name: string): string {
  const file = join(DATA_DIRECTORY, name);
  const kept = readIfThere(file);
  if (kept !== null) return kept.trim();
  mkdirSync(DATA_DIRECTORY, { recursive: true });
  // Not the process id: each container has a process 1.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, randomBytes(36).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(file, 'utf8').trim();
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
