/**
 * PostgreSQL error classes (SQLSTATE, appendix A of its manual) and socket errors that
 * mean "not there now" rather than "wrong": connection exceptions, insufficient
 * resources, operator intervention (shutdown, restart), a database that takes no connections.
 */
const UNAVAILABLE =
  /^(08|53|55000|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** Messages of `pg` and its pool that carry no code. */
const UNAVAILABLE_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|not queryable|Cannot use a pool after calling end/;

export function isDatabaseUnavailable(error: unknown): boolean {
  const { code, message, driverError, errors } = (error ?? {}) as DatabaseError;
  // A host with several addresses fails once for each.
  if (errors !== undefined) return errors.some(isDatabaseUnavailable);
  if (driverError !== undefined && driverError !== error) return isDatabaseUnavailable(driverError);
  return UNAVAILABLE.test(String(code)) || UNAVAILABLE_MESSAGE.test(String(message));
}

/** An error of `pg`, of a socket, or one of these as TypeORM wraps it. */
interface DatabaseError {
  code?: unknown;
  message?: unknown;
  driverError?: unknown;
  errors?: unknown[];
}

/** SQLSTATE 23505, unique_violation. */
const UNIQUE_VIOLATION = '23505';

export function isUniqueViolation(error: unknown): boolean {
  const { code, driverError } = (error ?? {}) as DatabaseError;
  return code === UNIQUE_VIOLATION || (driverError !== undefined && isUniqueViolation(driverError));
}
