import { isDatabaseUnavailable } from '../../runtime/database-errors';
import { StartError } from '../../runtime/start-error';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNDEFINED_TABLE = '42P01';

/** Turns what a person can mend into words; anything else stays as it is. */
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
    // Better-Auth's own advice is to run its own migration, which never happens here.
    const [mismatch] = message.split('\n\n  help:');
    return new StartError(
      `The database schema is not up to date: run \`npm run migrate\`.\n${mismatch}`,
      { cause: error },
    );
  }
  return error;
}
