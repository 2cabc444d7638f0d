import { rmSync, writeFileSync } from 'node:fs';
import { EMBEDDED_DIRECTORY, EMBEDDED_URL_FILE } from '../../runtime/settings/development';
import { startEmbeddedPostgres } from './embedded-postgres';
import type { Foreground } from '../foreground/foreground';

/**
 * Starts the embedded database as a part of the command. While it runs, its URL is in a file, for
 * processes that are started alone. @returns the URL, with the password.
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
