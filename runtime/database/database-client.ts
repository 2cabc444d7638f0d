import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { cancelStatement } from './cancel-request';
import {
  isDatabaseUnavailable,
  isLimitOfStatement,
  isReadOnly,
  isTimeLimit,
  markDatabaseError,
} from './database-errors';
import { DATABASE_LIMITS } from './database-limits';
import {
  rememberOutage,
  rememberTimeLimit,
  runOutsideScope,
  timeLeftInScope,
} from './database-scope';
import { createReadOnlyError, onReadOnly } from './read-only-server';
import { repeatOnConflict } from './repeated-transaction';

/** The message of `pg` when `query_timeout` is over. */
const SILENCE = 'Query read timeout';

/** A connection outside a pool, which the caller closes. */
export function createDatabaseClient(config: ClientConfig): Client {
  const client = new DatabaseClient({
    connectionTimeoutMillis: DATABASE_LIMITS.connect,
    query_timeout: DATABASE_LIMITS.query,
    ...config,
  });
  // Without a listener, a connection that breaks between two statements ends the process.
  client.on('error', () => {});
  return client;
}

/** `gatehouse at localhost:5432`, as the driver understands the URL; without user and password. */
export function describeDatabase(url: string): string {
  const { database, host, port } = new Client(url);
  return `${database} at ${host}:${port}`;
}

/**
 * A connection that cancels a statement without an answer, and whose end waits for the server as long
 * as its begin.
 */
export class DatabaseClient extends Client {
  onSilence = () => {};
  onReadOnly = () => {};
  private readonly createdAt = performance.now();
  private isAtReadOnly = false;
  private readonly endLimitMs: number;
  /** 0: none. */
  private readonly queryLimitMs: number;
  private cancelled: Promise<void> | null = null;

  constructor(config?: ClientConfig) {
    super(config);
    this.queryLimitMs = Number(this.parameters.query_timeout);
    this.endLimitMs = config?.connectionTimeoutMillis || DATABASE_LIMITS.connect;
  }

  /**
   * Stands for both overloads of `pg`. A pooler does not find the statement of a client that has
   * left: its cancellation comes first.
   */
  override end(...[callback]: unknown[]): never {
    if (this.cancelled === null) return this.close(callback) as never;
    return this.cancelled.then(() => this.close(callback)) as never;
  }

  /** After a half-open connection, the answer to the end never arrives. */
  private close(callback: unknown): unknown {
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    const limit = setTimeout(() => stream.destroy(), this.endLimitMs).unref();
    stream.once('close', () => clearTimeout(limit));
    return super.end(...([callback].filter(Boolean) as []));
  }

  /**
   * Stands for both overloads of `pg`. With a callback, a pool opens a connection for a request that
   * waits, in the context of the request that gave another one back. The pool notes a failure for
   * the right one.
   */
  override connect(...[callback]: unknown[]): never {
    if (typeof callback === 'function') {
      return runOutsideScope(() => super.connect(marking(callback as Callback))) as never;
    }
    const result = super.connect();
    result.catch(note);
    return result as never;
  }

  /** Stands for all overloads of `pg`: parameters and result are its own. */
  override query(...parameters: unknown[]): never {
    // Outside of a transaction, a statement is a transaction of its own.
    const isAlone = this.getTransactionStatus() === 'I';
    let isShort = false;
    const fail = (error: unknown) => {
      note(error);
      this.endIfSilent(error as Error, isShort);
      if (isReadOnly(error)) this.onReadOnly();
    };
    const callback = parameters.at(-1);
    if (typeof callback === 'function') {
      const judge: Callback = (error, ...results) => {
        const failure = error ?? this.refusal(isAlone);
        if (failure) fail(failure);
        (callback as Callback)(failure, ...results);
      };
      parameters[parameters.length - 1] = marking(judge, () => {});
    }
    const send = (): unknown => {
      isShort = this.limitStatement();
      return super.query(...(parameters as [string]));
    };
    const first = send();
    if (!(first instanceof Promise)) return first as never;
    const results = [first];
    const result = isAlone
      ? repeatOnConflict(() => (results.pop() ?? send()) as Promise<unknown>).then((rows) => {
          const refusal = this.refusal(isAlone);
          if (refusal) throw refusal;
          return rows;
        })
      : first;
    result.catch(fail);
    return result as never;
  }

  /** From now on, a server that says that it is read-only is left. */
  leaveReadOnly(): void {
    onReadOnly(this, () => {
      this.isAtReadOnly = true;
      this.refuseStatements();
      this.onReadOnly();
    });
  }

  /** The server reports its state before the end of a statement, whose answer can be outdated. */
  private refusal(isAlone: boolean): Error | undefined {
    return isAlone && this.isAtReadOnly ? createReadOnlyError() : undefined;
  }

  /** Called when the connection is given back. @param renewedAt later connections are kept. */
  endIfBefore(renewedAt: number): void {
    if (this.createdAt <= renewedAt) this.refuseStatements();
  }

  /** From here on, `pg` refuses further statements, and the pool drops the client. */
  private refuseStatements(): void {
    (this as unknown as { _ending: boolean })._ending = true;
  }

  /**
   * `pg` reads the limit when a statement is sent. @returns whether the request leaves the statement
   * less than its own limit.
   */
  private limitStatement(): boolean {
    const left = Math.max(DATABASE_LIMITS.least, Math.ceil(timeLeftInScope()));
    const isShort = left < (this.queryLimitMs || Infinity);
    this.parameters.query_timeout = isShort ? left : this.queryLimitMs;
    return isShort;
  }

  private get parameters(): { query_timeout: number | false } {
    return (this as unknown as { connectionParameters: { query_timeout: number | false } })
      .connectionParameters;
  }

  /** @param isShort the wait shows nothing about other connections. */
  private endIfSilent({ message }: Error, isShort: boolean): void {
    if (message !== SILENCE) return;
    this.refuseStatements();
    this.cancelled ??= cancelStatement(this);
    // While a statement runs, this closes the socket.
    void this.end();
    if (!isShort) this.onSilence();
  }
}

export type Callback = (error: Error | undefined, ...results: unknown[]) => void;

/**
 * The callback, after the error was noted. The driver calls it in the async context of the request
 * that opened the connection, and the pool in that of the request that gives the connection back.
 */
export function marking(
  callback: Callback,
  fail: (error: Error) => void = note,
): Callback & (() => void) {
  return AsyncResource.bind((error?: Error, ...results: unknown[]) => {
    if (error) fail(error);
    callback(error, ...results);
  });
}

function note(error: unknown): void {
  markDatabaseError(error as Error);
  if (isTimeLimit(error)) rememberTimeLimit(error as Error, isLimitOfStatement(error));
  if (isDatabaseUnavailable(error)) rememberOutage(error as Error);
}
