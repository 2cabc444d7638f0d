import { DATABASE_REFUSALS } from '../../contract';

/**
 * PostgreSQL error codes (SQLSTATE) that mean "the database cannot do this now", and not "the
 * statement is wrong". A trailing `*` stands for the rest of a class:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE_STATES = [
  '08*', // connection exceptions, also those of a pooler
  '25006', // read-only transaction: a standby, or a database that is set to read-only
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '28*', // refused log-in: 28000, 28P01
  '3D000', // the database does not exist
  '40001', // serialization_failure: a repeated request can succeed
  '40P01', // deadlock_detected: likewise
  '42501', // a missing right: a fault of the installation, never of a request
  '53*', // full disk, out of memory, too many connections, configured limits
  '55000', // the database accepts no connections
  '55P03', // lock_timeout
  '57014', // statement_timeout
  '57P*', // shutdown, restart, crash, start-up, dropped database, idle session
  '58*', // input or output error of the server's system
] as const;

/** Errors of sockets and of name resolution: https://nodejs.org/api/errors.html#common-system-errors */
const UNAVAILABLE_SOCKET_CODES: readonly string[] = [
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
];

/** A certificate that is not accepted: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODE = /CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH$|^ERR_(SSL|TLS)_/;

/** A request whose time is over gets no connection. */
export const REQUEST_IS_OVER = 'The time of the request is over';

/** Errors of `pg`, of its pool and of ours about a connection; they have no code. */
const DRIVER_MESSAGES = [
  REQUEST_IS_OVER,
  'Called end on pool more than once',
  'Cannot use a pool after calling end on the pool',
  'Client has encountered a connection error',
  'Client was closed',
  'Connection terminated',
  'Query read timeout',
  'The server does not support SSL connections',
  'timeout exceeded when trying to connect',
  'timeout expired',
];

/** Those of them that are time limits. */
const TIME_LIMITS = [
  REQUEST_IS_OVER,
  'Connection terminated due to connection timeout',
  'Query read timeout',
  'timeout exceeded when trying to connect',
];

/** TypeORM throws these when the connection is lost between two statements of a transaction. */
const TYPEORM_ERRORS = [
  'QueryRunnerAlreadyReleasedError',
  'QueryRunnerProviderAlreadyReleasedError',
  'TransactionNotStartedError',
];

/** Longest chain of wrapped errors that is followed; a chain can contain itself. */
const DEEPEST_CAUSE = 8;

/** What the errors of `pg`, of TypeORM, of Node.js and of libraries above them may have. */
interface ErrorParts {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  /** The system call that failed. */
  syscall?: unknown;
  /** Only errors that PostgreSQL itself sends have one, next to their SQLSTATE. */
  severity?: unknown;
  constraint?: unknown;
  /** The error inside TypeORM's `QueryFailedError`. */
  driverError?: unknown;
  /** Of an `AggregateError`: a host with several IP addresses fails once for each. */
  errors?: unknown;
  cause?: unknown;
}

/** An error that PostgreSQL sent. */
export interface ServerError {
  /** SQLSTATE. */
  code: string;
  constraint?: string;
}

/** Errors that come from a connection to the database, and not from another socket. */
const databaseErrors = new WeakSet<object>();

/** Notes that an error comes from a connection to the database. */
export function markDatabaseError(error: Error): void {
  databaseErrors.add(error);
}

/**
 * Whether an error, or an error inside it, means that the database is unavailable. Socket
 * errors count when they are marked: those of other connections look the same.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return unwrap(error).some(isUnavailable);
}

/** Whether the error is a time limit that was reached: of a lock, a statement or a connection. */
export function isTimeLimit(error: unknown): boolean {
  return (
    isLimitOfStatement(error) ||
    unwrap(error).some(({ message }) => TIME_LIMITS.includes(String(message)))
  );
}

/** Whether PostgreSQL ended the wait for a lock, or a statement. Other statements can succeed. */
export function isLimitOfStatement(error: unknown): boolean {
  return unwrap(error).some(({ code }) => code === '55P03' || code === '57014');
}

/** Whether the server refuses a write because it is read-only, as a former primary or a standby. */
export function isReadOnly(error: unknown): boolean {
  return unwrap(error).some(({ code }) => code === '25006');
}

/**
 * Whether PostgreSQL rolled a transaction back because of another one at the same time (a deadlock
 * or a serialization failure), so that a repetition can succeed.
 */
export function isTransactionConflict(error: unknown): boolean {
  return unwrap(error).some(({ code }) => code === '40001' || code === '40P01');
}

/** The error of PostgreSQL itself inside an error of a library. */
export function findServerError(error: unknown): ServerError | null {
  return unwrap(error).find(isServerError) ?? null;
}

/**
 * Whether the database refuses a row because another row has the same value (SQLSTATE 23505).
 *
 * @param constraint the name of the violated constraint; omitted: any constraint.
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const found = findServerError(error);
  if (found?.code !== '23505') return false;
  return constraint === undefined || found.constraint === constraint;
}

/** Whether the database cannot represent a value: too long, malformed, with a NUL (class 22). */
export function isDataException(error: unknown): boolean {
  return findServerError(error)?.code.startsWith('22') ?? false;
}

/** Whether the database refuses a value: not representable, or against a constraint (classes 22 and 23). */
export function isValueRefused(error: unknown): boolean {
  return /^2[23]/.test(findServerError(error)?.code ?? '');
}

/** Foreign keys of sessions and credentials; they refuse a row of a user who was deleted. */
const USER_KEYS = /^(session|account|passkey|two_factor|oauth_consent)_user_id_fkey$/;

const REFUSALS: readonly string[] = Object.values(DATABASE_REFUSALS);

/** Why a trigger refused a write: an SQLSTATE of `DATABASE_REFUSALS`, or `undefined`. */
export function findRefusal(error: unknown): string | undefined {
  const { code, constraint } = findServerError(error) ?? {};
  if (USER_KEYS.test(constraint ?? '')) return DATABASE_REFUSALS.credentialsChanged;
  return REFUSALS.find((refusal) => refusal === code);
}

/** Unlike `instanceof`, also true for errors of another realm, as a test runner creates them. */
export function isError(value: unknown): value is Error {
  return Object.prototype.toString.call(value) === '[object Error]';
}

/** The error and all errors inside it. */
function unwrap(error: unknown, depth = 0): ErrorParts[] {
  if (typeof error !== 'object' || error === null || depth > DEEPEST_CAUSE) return [];
  const parts: ErrorParts = error;
  const inner = Array.isArray(parts.errors) ? (parts.errors as unknown[]) : [];
  return [
    parts,
    ...[parts.driverError, parts.cause, ...inner].flatMap((e) => unwrap(e, depth + 1)),
  ];
}

function isServerError(parts: ErrorParts): parts is ErrorParts & ServerError {
  return typeof parts.severity === 'string' && typeof parts.code === 'string';
}

function isUnavailable(parts: ErrorParts): boolean {
  const { name, message, code, severity, syscall } = parts;
  // FATAL and PANIC end the connection with every state.
  if (isServerError(parts)) {
    return isUnavailableState(parts.code) || isFullQueue(parts) || severity !== 'ERROR';
  }
  if (typeof code === 'string') return databaseErrors.has(parts) && isSocketError(code, syscall);
  if (TYPEORM_ERRORS.includes(String(name))) return true;
  return DRIVER_MESSAGES.some((start) => String(message).startsWith(start));
}

/**
 * Another connection of the server listens in a transaction that does not end, so that no transaction
 * with a notification can be committed. Other errors of this state are those of a statement. Translations
 * of the message contain the name of the command too.
 */
function isFullQueue({ code, message }: ErrorParts & ServerError): boolean {
  return code === '54000' && String(message).includes('NOTIFY');
}

function isSocketError(code: string, syscall: unknown): boolean {
  // ENOENT: the Unix-domain socket of a stopped server does not exist.
  if (UNAVAILABLE_SOCKET_CODES.includes(code) || CERTIFICATE_CODE.test(code)) return true;
  return code === 'ENOENT' && syscall === 'connect';
}

function isUnavailableState(code: string): boolean {
  return UNAVAILABLE_STATES.some((state) =>
    state.endsWith('*') ? code.startsWith(state.slice(0, -1)) : code === state,
  );
}
