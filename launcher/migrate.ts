import '../runtime/entry/node-version';
import '../runtime/entry/start-signals';
import { refuseArguments } from '../runtime/entry/arguments';
import { describeDatabase } from '../runtime/database/database-client';
import { completeEnvironment, warnOfUnusedDirectUrl } from '../runtime/settings/development';
import { loadSettings, SettingsError } from '../runtime/settings/load';
import { StartError } from '../runtime/start-error';
import { findUnlistedMigrations } from '../runtime/unlisted-migrations';
import { createLogins } from './database-logins';
import { MigrationError } from './migration-error';
import { listPendingMigrations, revertLastMigration, runMigrations } from './migrations';

/**
 * `npm run migrate` creates the logins of the processes whose passwords are set, and applies pending
 * migrations, `npm run migrate:revert` reverts the newest. `npm run migrate:generate` ends here
 * while migrations are pending.
 */
async function migrate([mode, ...more]: string[]): Promise<void> {
  const isKnown = mode === undefined || mode === '--revert' || mode === '--pending';
  refuseArguments('npm run migrate', isKnown ? more : [mode, ...more]);
  const { databaseDirectUrl, databasePasswords } = loadSettings(completeEnvironment(), 'migrate');
  warnOfUnusedDirectUrl(print);
  print(`The database is ${describeDatabase(databaseDirectUrl)}.`);
  if (mode === '--revert') {
    const name = await revertLastMigration(databaseDirectUrl, { warn: print });
    return print(name === null ? 'There is no migration to revert.' : `Reverted ${name}`);
  }
  refuseUnlisted();
  if (mode === '--pending') return refusePending(databaseDirectUrl);
  await createLogins(databaseDirectUrl, databasePasswords);
  const count = await runMigrations(databaseDirectUrl, {
    onApplied: (name) => print(`Applied ${name}`),
    warn: print,
  });
  print(count === 0 ? 'The schema is up to date.' : `The schema is up to date (${count} applied).`);
}

/** @throws {StartError} The API does not start either, and a draft would repeat the changes. */
function refuseUnlisted(): void {
  const unlisted = findUnlistedMigrations();
  if (unlisted.length > 0)
    throw new StartError(`${unlisted.join('; ')}. List each migration first.`);
}

/** @throws {StartError} A draft compares the entities with the database. */
async function refusePending(url: string): Promise<void> {
  const names = await listPendingMigrations(url);
  if (names.length === 0) return;
  throw new StartError(
    `Migrations that the database lacks: ${names.join(', ')}. A draft would contain the same changes again. Run \`npm run migrate\` first.`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// `npm run dev` waits for the end, and its channel would keep the process.
process.channel?.unref();
migrate(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});

function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (error instanceof StartError) return error.message;
  if (error instanceof MigrationError) return `The migration failed: ${error.message}`;
  const { message, path, stack } = error as NodeJS.ErrnoException;
  // A file of the database's URL that cannot be opened; the message names it.
  return path === undefined ? (stack ?? String(error)) : message;
}
