import { DatabaseError } from 'pg';

/** The schema could not be changed; the message is for a terminal. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Of `connect()`. */
export function toConnectError(error: unknown): MigrationError {
  return new MigrationError(`could not connect to PostgreSQL: ${reason(error)}`, { cause: error });
}

const MISSING_PRIVILEGE = '42501';

/** Explains what PostgreSQL refused; other errors are returned unchanged. */
export function explainRefusal(error: unknown): unknown {
  const { driverError = error } = error as { driverError?: unknown };
  if (!(driverError instanceof DatabaseError)) return error;
  const { code, message } = driverError;
  const advice =
    code === MISSING_PRIVILEGE ? '. The user of DATABASE_URL must own the database' : '';
  return new MigrationError(message + advice, { cause: error });
}

/** Node reports a host with several addresses as one error without a message. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join('; ');
  return error instanceof Error ? error.message : String(error);
}
