import { isDatabaseUnavailable } from '../../runtime/database/database-errors';
import { StartError } from '../../runtime/start-error';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNDEFINED_TABLE = '42P01';

/** Explains errors that an operator can correct; other errors are returned unchanged. */
export function explainStart(error: unknown): unknown {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  if (isDatabaseUnavailable(error)) {
    const reason = message || String(code);
    return new StartError(`Could not reach PostgreSQL: ${reason}. Check DATABASE_URL.`, {
      cause: error,
    });
  }
  if (code === UNDEFINED_TABLE) {
    return new StartError('The database has no schema yet: run `npm run migrate`.', {
      cause: error,
    });
  }
  if (code === 'SCHEMA_MISMATCH') {
    // Better-Auth's advice is to run its own migration, which this project does not use.
    const [mismatch] = message.split('\n\n  help:');
    return new StartError(
      `The database schema is not up to date: run \`npm run migrate\`.\n${mismatch}`,
      { cause: error },
    );
  }
  return error;
}
