import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '../foreground/foreground';
import type { Service } from '../system';

/** The folders whose files a running process loads, and the migrations. */
const FOLDERS = ['src', 'auth-server', 'contract', 'features', 'runtime', 'migrations'];
/** Files that a process loads or serves. */
const SOURCE = /[.](ts|mjs|html|css)$|(?<!\/openapi)[.]json$/;
const TEST = /[.]spec[.]ts$/;
/** An editor that saves several files, or one in several steps, makes one change. */
const QUIET_MS = 60;

/** Calls back with the files whose content changed, also those that were added or removed. */
export function watchSources(root: string, onChange: (files: string[]) => void): Part {
  let known = hashAll(root);
  let timer: NodeJS.Timeout | undefined;
  const compare = () => {
    const now = hashAll(root);
    const files = [...new Set([...known.keys(), ...now.keys()])];
    const changed = files.filter((file) => known.get(file) !== now.get(file));
    known = now;
    if (changed.length > 0) onChange(changed);
  };
  const watchers = FOLDERS.filter((folder) => existsSync(join(root, folder))).map((folder) =>
    watch(join(root, folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(compare, QUIET_MS);
    }),
  );
  const close = () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
  const ended = new Promise<string>((resolve) => {
    for (const watcher of watchers) {
      watcher.once('error', (error) => resolve(error.message));
    }
  });
  return { name: 'The watch of the files', ended, stop: async () => close(), kill: close };
}

/** Content, not modification times: a checkout or a touched file is no change. */
function hashAll(root: string): Map<string, string> {
  const files = FOLDERS.flatMap((folder) => listSources(root, folder));
  return new Map(files.flatMap((file) => hashOne(root, file)));
}

function listSources(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => SOURCE.test(file) && !TEST.test(file))
    .map((file) => join(folder, file));
}

function hashOne(root: string, file: string): [string, string][] {
  try {
    const content = readFileSync(join(root, file));
    return [[file, createHash('sha256').update(content).digest('hex')]];
  } catch {
    // Removed since the folder was listed.
    return [];
  }
}

/** Whether the migration command has work after a change: the declarations have the roles. */
export function changesDatabase(file: string): boolean {
  return isMigration(file) || isDeclaration(file);
}

function isMigration(file: string): boolean {
  return /(^|\/)migrations\//.test(file);
}

function isDeclaration(file: string): boolean {
  return /^features\/([^/]+[.]ts|.*[.]feature[.]ts)$/.test(file);
}

/**
 * Whether a process loads the file. Both load what they share, also the declarations of the
 * features; the other files of a feature belong to the API.
 */
export function isLoadedBy({ folder }: Pick<Service, 'folder'>, file: string): boolean {
  const [top] = file.split('/');
  if (top === 'src' || top === 'auth-server') return top === folder;
  if (top !== 'features') return true;
  return folder === 'src' || changesDatabase(file);
}
