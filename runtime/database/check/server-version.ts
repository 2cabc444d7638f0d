import { StartError } from '../../start-error';

/** The oldest version that the migrations are tested with. */
const OLDEST_MAJOR = 14;

const FIND_VERSION = `SELECT current_setting('server_version') AS version`;

/**
 * @param query runs a statement and returns its rows.
 * @throws {StartError} on a PostgreSQL that is too old.
 */
export async function refuseOldServer(query: (sql: string) => Promise<unknown[]>): Promise<void> {
  const [{ version }] = (await query(FIND_VERSION)) as [{ version: string }];
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return;
  throw new StartError(`PostgreSQL ${OLDEST_MAJOR} or newer is needed, and this is ${version}.`);
}
