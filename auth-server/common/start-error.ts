import { explainConnection } from '../../runtime/database/connection-errors';
import { StartError } from '../../runtime/start-error';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNDEFINED_TABLE = '42P01';

/** Explains errors that an operator can correct; other errors are returned unchanged. */
export function explainStart(error: unknown): unknown {
  const { code, message = '' } = error as { code?: unknown; message?: string };
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
  return explainConnection(error);
}
