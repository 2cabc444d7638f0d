import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findProcess } from './process-table';

/** The process that holds a lock file is alive. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';

  constructor(readonly pid: number) {
    super(`already running (pid ${pid})`);
  }
}

export interface OwnerLock {
  /** The last owner was killed without a release, and may have left processes or files. */
  takenOver: boolean;
  release(): void;
}

/**
 * Makes this process the owner of the files beside `file`. It takes the lock of an owner that is
 * not running, also when its pid belongs to another process. @throws {AlreadyRunningError} with
 * the owner.
 */
export function takeLock(file: string): OwnerLock {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  const content = `${process.pid} ${findProcess(process.pid)?.startedAt}\n`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    const takenOver = claim(file, draft);
    return { takenOver, release: () => rmSync(file, { force: true }) };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The file is renamed when its content is complete, so no other start reads a part of it. */
function claim(file: string, draft: string): boolean {
  for (let takenOver = false; ; takenOver = true) {
    try {
      linkSync(draft, file);
      return takenOver;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const seen = readLock(file);
    const owner = liveOwner(seen);
    if (owner !== null) throw new AlreadyRunningError(owner);
    discard(file, seen);
  }
}

/** @returns pid of the running process that holds this lock file, if any. */
export function findOwner(file: string): number | null {
  return liveOwner(readLock(file));
}

function liveOwner(content: string): number | null {
  const [pid, startedAt] = content.trim().split(/ (.*)/);
  const running = pid ? findProcess(Number(pid)) : null;
  return running !== null && running.startedAt === startedAt ? Number(pid) : null;
}

/** Another start may have removed the same stale lock and created its own: that one is restored. */
function discard(file: string, seen: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    if (readLock(aside) !== seen) linkSync(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readLock(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
