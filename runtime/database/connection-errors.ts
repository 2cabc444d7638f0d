import { isDatabaseUnavailable } from './database-errors';
import { StartError } from '../start-error';

/** Explains why the database cannot be reached; other errors are returned unchanged. */
export function explainConnection(error: unknown): unknown {
  if (!isDatabaseUnavailable(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  // Node reports a host with several addresses as one error without a message of its own.
  const reason = message || code || 'no connection';
  return new StartError(`Could not reach PostgreSQL: ${reason}. Check DATABASE_URL.`, {
    cause: error,
  });
}
