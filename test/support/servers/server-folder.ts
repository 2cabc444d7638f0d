import { chmodSync, mkdtempSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file system of Linux in memory. */
const MEMORY_FOLDER = '/dev/shm';

/** Several times the size of a run: a full file system would fail its tests. */
const NEEDED_BYTES = 4 * 1024 ** 3;

/** Where the data of a run can be: an abandoned server is in one of them. */
export const SERVER_FOLDERS = [...new Set([tmpdir(), MEMORY_FOLDER])];

/**
 * A run creates and removes hundreds of databases of 300 files each. On ext4, each new file causes
 * a search for an inode that was not removed in the last seconds, and these searches take more
 * processor time than all queries of the tests.
 */
export function chooseServerFolder(): string {
  return freeBytes(MEMORY_FOLDER) >= NEEDED_BYTES ? MEMORY_FOLDER : tmpdir();
}

/** Tells the workers where the data of the run is: set by `startOwnServer`. */
export const FOLDER_VARIABLE = 'GATEHOUSE_TEST_FOLDER';

/**
 * A new folder for a further server of a test, beside the data of the run: what a test leaves is
 * removed with it. Other accounts can enter it: PostgreSQL refuses to run as root.
 */
export function makeServerFolder(prefix: string): string {
  const folder = mkdtempSync(join(process.env[FOLDER_VARIABLE] ?? tmpdir(), prefix));
  chmodSync(folder, 0o755);
  return folder;
}

/** The rest of the file system and of the memory; 0 when there is no such folder. */
function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.min(bavail * bsize, freemem());
  } catch {
    return 0;
  }
}
