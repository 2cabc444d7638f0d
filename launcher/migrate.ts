import '../runtime/entry/node-version';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings, SettingsError } from '../runtime/settings/load';
import { StartError } from '../runtime/start-error';
import { createLogins } from './database-logins';
import { MigrationError } from './migration-error';
import { revertLastMigration, runMigrations } from './migrations';

/**
 * `npm run migrate` creates the logins of the processes whose passwords are set, and applies pending
 * migrations, `npm run migrate:revert` reverts the newest.
 */
async function migrate(): Promise<void> {
  const { databaseDirectUrl, databasePasswords } = loadSettings(completeEnvironment(), 'migrate');
  if (process.argv.includes('--revert')) {
    const name = await revertLastMigration(databaseDirectUrl);
    return print(name === null ? 'There is no migration to revert.' : `Reverted ${name}`);
  }
  await createLogins(databaseDirectUrl, databasePasswords);
  const count = await runMigrations(databaseDirectUrl, (name) => print(`Applied ${name}`));
  print(count === 0 ? 'The schema is up to date.' : `The schema is up to date (${count} applied).`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// `npm run dev` waits for the end, and its channel would keep the process.
process.channel?.unref();
migrate().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});

function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (error instanceof StartError) return error.message;
  if (error instanceof MigrationError) return `The migration failed: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
