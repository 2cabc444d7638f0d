import { chmodSync, cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.data', 'coverage']);

/** @returns a folder with the files of this project, and its packages by a link. */
export function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-copy-'));
  // The account of the embedded PostgreSQL has to enter it.
  chmodSync(copy, 0o755);
  cpSync(ROOT, copy, {
    recursive: true,
    filter: (source) => !LEFT_OUT.has(source.slice(ROOT.length + 1)),
  });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
