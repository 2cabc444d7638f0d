import { runInNewContext } from 'node:vm';
import { DatabaseError } from 'pg';
import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TransactionNotStartedError,
} from 'typeorm';
import {
  findServerError,
  isDatabaseUnavailable,
  isDataException,
  isError,
  isUniqueViolation,
  isTimeLimit,
  isValueRefused,
  markDatabaseError,
} from './database-errors';

function serverError(code: string, severity = 'ERROR'): DatabaseError {
  return Object.assign(new DatabaseError('text of PostgreSQL', 0, 'error'), { code, severity });
}

/** Of a connection to the database. */
function socketError(code: string, syscall = 'connect'): Error {
  const error = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
  markDatabaseError(error);
  return error;
}

describe('the database is unavailable', () => {
  it.each([
    ['08000', 'connection_exception'],
    ['08001', 'sqlclient_unable_to_establish_sqlconnection'],
    ['08003', 'connection_does_not_exist'],
    ['08004', 'sqlserver_rejected_establishment_of_sqlconnection'],
    ['08006', 'connection_failure'],
    ['08P01', 'protocol_violation, also the errors of PgBouncer'],
    ['25006', 'read_only_sql_transaction'],
    ['25P03', 'idle_in_transaction_session_timeout'],
    ['25P04', 'transaction_timeout'],
    ['28000', 'invalid_authorization_specification'],
    ['28P01', 'invalid_password'],
    ['3D000', 'invalid_catalog_name'],
    ['40001', 'serialization_failure'],
    ['40P01', 'deadlock_detected'],
    ['42501', 'insufficient_privilege'],
    ['53000', 'insufficient_resources'],
    ['53100', 'disk_full'],
    ['53200', 'out_of_memory'],
    ['53300', 'too_many_connections'],
    ['53400', 'configuration_limit_exceeded'],
    ['55000', 'object_not_in_prerequisite_state'],
    ['55P03', 'lock_not_available'],
    ['57014', 'query_canceled'],
    ['57P01', 'admin_shutdown'],
    ['57P02', 'crash_shutdown'],
    ['57P03', 'cannot_connect_now'],
    ['57P04', 'database_dropped'],
    ['57P05', 'idle_session_timeout'],
    ['58000', 'system_error'],
    ['58030', 'io_error'],
  ])('with SQLSTATE %s (%s)', (code) => {
    expect(isDatabaseUnavailable(serverError(code))).toBe(true);
  });

  it.each([
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOENT',
    'ENOTFOUND',
    'EPIPE',
    'ETIMEDOUT',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('with the socket error %s', (code) => {
    expect(isDatabaseUnavailable(socketError(code))).toBe(true);
  });

  it.each([
    'Called end on pool more than once',
    'Cannot use a pool after calling end on the pool',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Query read timeout',
    'timeout exceeded when trying to connect',
    'timeout expired',
  ])('with the error of pg "%s"', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  it.each([
    ['QueryRunnerAlreadyReleasedError', new QueryRunnerAlreadyReleasedError()],
    ['QueryRunnerProviderAlreadyReleasedError', new QueryRunnerProviderAlreadyReleasedError()],
    ['TransactionNotStartedError', new TransactionNotStartedError()],
  ])('when a connection is lost inside a transaction: %s of TypeORM', (_name, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it('when the server ends the connection with an unknown state', () => {
    expect(isDatabaseUnavailable(serverError('XX000', 'FATAL'))).toBe(true);
  });

  it.each([
    ['TypeORM', (error: Error) => new QueryFailedError('SELECT 1', [], error)],
    ['a cause', (cause: Error) => new Error('failed', { cause })],
    ['an error for each IP address', (error: Error) => new AggregateError([error])],
    ['a cause in a cause', (cause: Error) => new Error('a', { cause: new Error('b', { cause }) })],
  ])('when the error is wrapped by %s', (_, wrap) => {
    expect(isDatabaseUnavailable(wrap(serverError('57P01')))).toBe(true);
    expect(isDatabaseUnavailable(wrap(socketError('ECONNREFUSED')))).toBe(true);
    expect(isDatabaseUnavailable(wrap(new Error('Query read timeout')))).toBe(true);
    expect(isDatabaseUnavailable(wrap(serverError('42601')))).toBe(false);
  });

  it.each([
    'too many notifications in the NOTIFY queue',
    'zu viele Benachrichtigungen in NOTIFY-Schlange',
  ])('when the queue of notifications is full: %s', (message) => {
    expect(isDatabaseUnavailable(Object.assign(serverError('54000'), { message }))).toBe(true);
    expect(isDatabaseUnavailable(serverError('54000'))).toBe(false);
  });

  it('when the error is of another realm', () => {
    const error: unknown = runInNewContext(
      `Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })`,
    );
    expect(error).not.toBeInstanceOf(Error);
    expect(isError(error)).toBe(true);
    markDatabaseError(error as Error);
    expect(isDatabaseUnavailable(error)).toBe(true);
  });
});

describe('the database is available', () => {
  it.each(['22001', '23505', '25P02', '42601', '42P01', 'XX000'])('with SQLSTATE %s', (code) => {
    expect(isDatabaseUnavailable(serverError(code))).toBe(false);
  });

  it.each([
    ['no error', undefined],
    ['null', null],
    ['a text', '57P01'],
    ['a missing file', socketError('ENOENT', 'open')],
    ['an error that only mentions the text', new Error('No Query read timeout')],
  ])('with %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });

  it('with a socket error of another connection, also as a cause', () => {
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    expect(isDatabaseUnavailable(error)).toBe(false);
    expect(isDatabaseUnavailable(new TypeError('fetch failed', { cause: error }))).toBe(false);
  });

  it('with an error that is its own cause', () => {
    const error = new Error('a ring');
    error.cause = error;
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});

describe('a time limit', () => {
  it.each([
    ['of a lock', serverError('55P03'), true],
    ['of a statement', serverError('57014'), true],
    ['of an answer', new Error('Query read timeout'), true],
    ['of the pool', new Error('timeout exceeded when trying to connect'), true],
    ['inside an error of TypeORM', new QueryFailedError('x', [], serverError('57014')), true],
    ['is no shutdown', serverError('57P01'), false],
    ['is no lost connection', new Error('Connection terminated unexpectedly'), false],
  ])('%s', (_, error, expected) => {
    expect(isTimeLimit(error)).toBe(expected);
  });
});

describe('a refused value', () => {
  const violation = Object.assign(serverError('23505'), { constraint: 'user_email_key' });

  it('of class 22 is a data exception and refused', () => {
    expect([isDataException(serverError('22021')), isValueRefused(serverError('22021'))]).toEqual([
      true,
      true,
    ]);
  });

  it('of class 23 is refused, and no data exception', () => {
    expect([isDataException(violation), isValueRefused(violation)]).toEqual([false, true]);
  });

  it('names the constraint', () => {
    const wrapped = new QueryFailedError('INSERT', [], violation);
    expect(findServerError(wrapped)).toMatchObject({ code: '23505', constraint: 'user_email_key' });
    expect(isUniqueViolation(wrapped)).toBe(true);
    expect(isUniqueViolation(wrapped, 'user_email_key')).toBe(true);
    expect(isUniqueViolation(wrapped, 'passkey_credential_id_key')).toBe(false);
  });

  it.each([
    ['an error of another class', serverError('42601')],
    ['a socket error', socketError('EPIPE')],
    ['an error with a code of a library', Object.assign(new Error('x'), { code: '23505' })],
  ])('is not %s', (_, error) => {
    expect([isDataException(error), isValueRefused(error), isUniqueViolation(error)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
