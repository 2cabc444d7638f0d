import '../runtime/entry/node-version';
import { startEmbeddedDatabase } from './postgres/embedded-database';
import { runInForeground } from './foreground/foreground';

/**
 * `npm run database`: only the embedded database, in the foreground, for `npm run start:auth` and
 * `npm run start:api` in development.
 */
void runInForeground(async (foreground) => {
  const url = await startEmbeddedDatabase(foreground);
  process.stdout.write(
    `The embedded database is ready: ${url}\n` +
      'Processes started in this folder find it by themselves. Ctrl-C stops it.\n',
  );
});
