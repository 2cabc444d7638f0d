import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { Client } from 'pg';
import { MigrationError } from '../migration-error';
import { runMigrations } from '../migrations';
import { refuseOldServer, runProgram } from './client-programs';
import { writeCompleteFile } from '../../runtime/complete-file';
import { explainConnection } from '../../runtime/database/connection-errors';
import { createDatabaseClient } from '../../runtime/database/database-client';
import { StartError } from '../../runtime/start-error';

/**
 * Owner and privileges are not part of a backup: the database may belong to another login, and
 * `npm run migrate` gives the roles their privileges.
 */
const WITHOUT_ROLES = ['--no-owner', '--no-privileges'];

/** Only its owner may comment on an extension, and a superuser may have created it. */
const WITHOUT_COMMENTS = '--no-comments';

/** Only the owner of the process can read the file: it contains password hashes. */
const OWNER_ONLY = 0o600;

/**
 * Writes a consistent copy of the database, while it is in use. The file appears when it is
 * complete.
 *
 * @throws {StartError} when the file exists, or `pg_dump` is missing or fails.
 */
export async function backUp(databaseUrl: string, file: string): Promise<void> {
  const write = (draft: string) => dump(databaseUrl, draft);
  await writeCompleteFile({ file, name: 'backup', write });
}

async function dump(databaseUrl: string, draft: string): Promise<void> {
  closeSync(openSync(draft, 'w', OWNER_ONLY));
  chmodSync(draft, OWNER_ONLY);
  const options = ['--format=custom', ...WITHOUT_ROLES, `--file=${draft}`];
  await runProgram('pg_dump', databaseUrl, options);
}

/**
 * Restores a backup into an empty database, as a whole or not at all, applies later migrations and
 * gives the roles of the processes their privileges.
 *
 * @throws {StartError} when the database cannot be reached or is not empty; when `pg_restore` is
 *   missing, fails or is too new for the server; when a later migration fails; when a newer version
 *   wrote the backup: the data is then restored, and the roles have no privileges.
 */
export async function restore(
  databaseUrl: string,
  file: string,
  warn?: (line: string) => void,
): Promise<number> {
  if (!existsSync(file)) throw new StartError(`${file} does not exist.`);
  await requireUsable(databaseUrl);
  const database = `--dbname=${new Client(databaseUrl).database}`;
  const options = ['--single-transaction', '--exit-on-error', WITHOUT_COMMENTS, ...WITHOUT_ROLES];
  await runProgram('pg_restore', databaseUrl, [...options, database, file]);
  return migrate(databaseUrl, warn);
}

async function migrate(databaseUrl: string, warn?: (line: string) => void): Promise<number> {
  try {
    return await runMigrations(databaseUrl, { warn, refuseNewer: true });
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    throw new StartError(
      'The data is restored, but the roles have no privileges yet. Run `npm run migrate` in the ' +
        `version that wrote the backup, or in a later one. The migration failed: ${error.message}`,
      { cause: error },
    );
  }
}

/** @throws {StartError} when the database is not empty, or too old for the program. */
async function requireUsable(databaseUrl: string): Promise<void> {
  const client = createDatabaseClient({ connectionString: databaseUrl });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number; isEmpty: boolean }>(
      `SELECT current_setting('server_version_num')::int / 10000 AS version,
              NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public') AS "isEmpty"`,
    );
    const { version, isEmpty } = rows[0]!;
    if (!isEmpty) throw new StartError('The database is not empty. Restore into a new database.');
    refuseOldServer(version);
  } catch (error) {
    throw explainConnection(error);
  } finally {
    await client.end().catch(() => {});
  }
}
