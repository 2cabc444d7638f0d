import { readRoles } from './role-constraint';
import { StartError } from '../start-error';
import { ROLES } from '../../contract';

/** The facts about the database that a start checks, in one row. */
const DATABASE_STATE = `
  SELECT current_setting('server_encoding') AS encoding,
         ARRAY(SELECT format('%s of %s', trigger.tgname, class.relname)
                 FROM pg_trigger AS trigger
                 JOIN pg_class AS class ON class.oid = trigger.tgrelid
                 JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
                WHERE namespace.nspname = current_schema()
                  AND NOT trigger.tgisinternal AND trigger.tgenabled <> 'A'
                ORDER BY 1) AS triggers`;

interface DatabaseState {
  encoding: string;
  /** Triggers that do not fire in every session, like `jwks_changed of jwks`. */
  triggers: string[];
}

/**
 * Refuses a database in which the rules of the schema do not hold.
 *
 * @param query runs a statement and returns its rows.
 * @throws {StartError} when text is not stored as UTF-8, or when triggers are not `ENABLE
 *   ALWAYS`. A restore with `pg_restore --disable-triggers` leaves ordinary triggers behind,
 *   which a session with `session_replication_role = replica` passes by; when a role of a feature is missing in
 *   the constraint of the users' roles.
 */
export async function checkDatabase(query: (sql: string) => Promise<unknown[]>): Promise<void> {
  const [state] = (await query(DATABASE_STATE)) as [DatabaseState];
  if (state.encoding !== 'UTF8') {
    throw new StartError(
      `The encoding of the database is ${state.encoding}. It must be UTF8: create the database with ENCODING 'UTF8' and run \`npm run migrate\`.`,
    );
  }
  if (state.triggers.length > 0) {
    throw new StartError(
      `${state.triggers.length} triggers are not enabled as ALWAYS: ${state.triggers.join(', ')}. Run \`npm run migrate\`, which enables them.`,
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
