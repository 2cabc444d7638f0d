import { startEmbeddedDatabase } from './embedded-database';
import { runInForeground } from './foreground';

/**
 * `npm run database`: the embedded database alone, in the foreground, for
 * `npm run start:auth` and `npm run start:api` on a developer's machine.
 */
void runInForeground(async (foreground) => {
  const url = await startEmbeddedDatabase(foreground);
  process.stdout.write(
    `The embedded database is ready: ${url}\n` +
      'Processes started in this folder find it by themselves. Ctrl-C stops it.\n',
  );
});
