import { findPendingMigrations } from './pending-migrations';
import { readRoles } from './role-constraint';
import { refuseOldServer } from './server-version';
import { findWeakTriggers } from './trigger-check';
import { StartError } from '../../start-error';
import { ROLES } from '../../../contract';

const FIND_STATE = `
  SELECT current_setting('server_encoding') AS encoding,
         current_setting('default_transaction_isolation') AS isolation, to_regclass('migrations') IS NOT NULL AS "hasSchema"`;

interface DatabaseState {
  encoding: string;
  isolation: string;
  hasSchema: boolean;
}

/**
 * Refuses a database in which the rules of the schema do not hold.
 *
 * @param query runs a statement and returns its rows.
 * @throws {StartError} when PostgreSQL is too old; when text is not stored as UTF-8; when
 *   transactions have another isolation level than READ COMMITTED; when a migration of this version
 *   has not run; when triggers are not `ENABLE ALWAYS`. A restore with `pg_restore
 *   --disable-triggers` leaves ordinary triggers behind, which do not fire in a session with
 *   `session_replication_role = replica`; when a role of a feature is missing in the constraint of
 *   the users' roles.
 */
export async function checkDatabase(query: (sql: string) => Promise<unknown[]>): Promise<void> {
  await refuseOldServer(query);
  const [state] = (await query(FIND_STATE)) as [DatabaseState];
  if (state.encoding !== 'UTF8') {
    throw new StartError(
      `The encoding of the database is ${state.encoding}. It must be UTF8: create the database with ENCODING 'UTF8' and run \`npm run migrate\`.`,
    );
  }
  if (state.isolation !== 'read committed') {
    throw new StartError(
      `default_transaction_isolation is '${state.isolation}'. It must be 'read committed': the database refuses changes that end sessions at a higher level (ALTER DATABASE … SET, ALTER ROLE … SET, or postgresql.conf).`,
    );
  }
  if (!state.hasSchema) {
    throw new StartError('The database has no schema yet: run `npm run migrate`.');
  }
  const pending = await findPendingMigrations(query);
  if (pending.length > 0) {
    throw new StartError(
      `The database schema is not up to date: run \`npm run migrate\`. ${describePending(pending)}.`,
    );
  }
  const triggers = await findWeakTriggers(query);
  if (triggers.length > 0) {
    throw new StartError(
      `${triggers.length} triggers are not enabled as ALWAYS: ${triggers.join(', ')}. Run \`npm run migrate\`, which enables them.`,
    );
  }
  const accepted = await readRoles(query);
  const missing = ROLES.filter((role) => !accepted.includes(role));
  if (missing.length > 0) {
    throw new StartError(
      `The database does not accept the roles ${missing.join(', ')}. Run \`npm run migrate\`, which brings its constraint in line with the features.`,
    );
  }
}

function describePending([first, ...others]: string[]): string {
  if (others.length === 0) return `${first} is not applied`;
  return `${first} and ${others.length} more migrations are not applied`;
}
