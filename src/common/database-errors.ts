/**
 * PostgreSQL error classes (SQLSTATE, appendix A of its manual) and socket errors that
 * mean "not there now" rather than "wrong": connection exceptions, insufficient
 * resources, operator intervention (shutdown, restart).
 */
const UNAVAILABLE =
  /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** Messages of `pg` and its pool that carry no code. */
const UNAVAILABLE_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|not queryable|Cannot use a pool after calling end/;

/** SQLSTATE 23505, unique_violation. */
const UNIQUE_VIOLATION = '23505';

export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (driverError !== undefined && driverError !== error) return isDatabaseUnavailable(driverError);
  return (
    (typeof code === 'string' && UNAVAILABLE.test(code)) || UNAVAILABLE_MESSAGE.test(error.message)
  );
}

export function isUniqueViolation(error: unknown): boolean {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: unknown };
  return code === UNIQUE_VIOLATION || (driverError !== undefined && isUniqueViolation(driverError));
}
