import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_DIRECTORY, EMBEDDED_URL_FILE } from '../runtime/settings/development';
import { startEmbeddedPostgres } from './embedded-postgres';
import type { Foreground } from './foreground';

/** Where the embedded database keeps its data. */
export const EMBEDDED_DIRECTORY = join(DATA_DIRECTORY, 'postgres');

/**
 * Starts the developer's database as a part of the command. Its URL is in a file while it
 * runs, so that a process that is started alone finds it.
 *
 * @returns the URL, with the password.
 */
export async function startEmbeddedDatabase(foreground: Foreground): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    directory: EMBEDDED_DIRECTORY,
    durable: true,
    signal: foreground.signal,
    log: (line) => process.stdout.write(`${line}\n`),
  });
  foreground.keep({
    name: 'The database',
    ended: postgres.ended,
    stop: async () => {
      rmSync(EMBEDDED_URL_FILE, { force: true });
      await postgres.stop();
    },
    kill: () => postgres.kill(),
  });
  writeFileSync(EMBEDDED_URL_FILE, `${postgres.url}\n`, { mode: 0o600 });
  return postgres.url;
}
