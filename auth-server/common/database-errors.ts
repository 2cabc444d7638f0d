import { DatabaseError } from 'pg';

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Messages of `pg` for a lost connection; it gives these errors no code. */
const DRIVER_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout)/;

/**
 * Connection exceptions (08), refused log-ins (28), a missing database (3D000) or one that
 * takes no connections (55000), too many of them (53300) and a server that is starting or going
 * down (57P01 to 57P05):
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SERVER_STATES = /^(08...|28...|3D000|53300|55000|57P0[1-5])$/;

/** Whether an error, or what caused it, means that the database cannot be reached. */
export function isDatabaseUnreachable(error: unknown): boolean {
  if (!isError(error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof DatabaseError) return SERVER_STATES.test(code ?? '');
  if (NETWORK_CODES.has(code ?? '') || DRIVER_MESSAGES.test(error.message)) return true;
  return error.cause !== undefined && isDatabaseUnreachable(error.cause);
}

/** Whether a value is none that the database can hold: too long, malformed, with a NUL (class 22). */
export function isDataException(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('22') === true;
}

/** Whether the database refused a value: too long, malformed, against a constraint (classes 22 and 23). */
export function isValueRefused(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '');
}

/** Whether somebody else has taken the e-mail between the look at it and the change. */
export function isEmailTaken(error: unknown): boolean {
  return error instanceof DatabaseError && error.constraint === 'user_email_key';
}

/** Unlike `instanceof`, also true of errors from another realm: those of Node's own modules under a test runner. */
export function isError(value: unknown): value is Error {
  return Object.prototype.toString.call(value) === '[object Error]';
}
