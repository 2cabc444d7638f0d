import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { StartError } from './start-error';

export interface CompleteFile {
  file: string;
  /** What it contains, for the person at the terminal. */
  name: string;
  /** Writes it under another name. */
  write: (draft: string) => Promise<void>;
}

/**
 * Lets a file appear when it is complete. An attempt that fails, or that a signal other than
 * SIGKILL ends, leaves nothing.
 *
 * @throws {StartError} when the file exists.
 */
export async function writeCompleteFile({ file, name, write }: CompleteFile): Promise<void> {
  refuseExisting(file, name);
  // Not the process id: each container has a process 1.
  const draft = `${file}.${randomUUID()}.partial`;
  const remove = () => rmSync(draft, { force: true });
  // A signal ends a command with `process.exit`.
  process.once('exit', remove);
  try {
    await write(draft);
    refuseExisting(file, name);
    renameSync(draft, file);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function refuseExisting(file: string, name: string): void {
  if (existsSync(file)) throw new StartError(`${file} exists. Give the ${name} another name.`);
}
