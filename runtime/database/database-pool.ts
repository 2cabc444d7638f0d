import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';
import {
  Client,
  type ClientBase,
  type ClientConfig,
  Pool,
  type PoolClient,
  type PoolConfig,
} from 'pg';
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
  recallFailure,
  rememberOutage,
  rememberTimeLimit,
  runOutsideScope,
} from './database-scope';
import { repeatOnConflict } from './repeated-transaction';

/** The message of `pg` when `query_timeout` is over. */
const SILENCE = 'Query read timeout';

/** From one renewal of all connections to the next, in milliseconds: a database can stay read-only. */
const RENEWAL_PAUSE_MS = 1_000;

export interface DatabasePoolConfig extends PoolConfig {
  /**
   * Whether the connections lead to PostgreSQL itself. Then its own limits of a statement are
   * set. A pooler in transaction mode would keep a setting of a session for other clients.
   */
  isDirect?: boolean;
}

/**
 * Connections with time limits. A connection that does not answer is closed.
 *
 * After a network failure without notice (a half-open connection), `pg` returns a connection
 * that did not answer to the pool, and each idle connection costs another request the whole
 * limit. Here the first timeout closes that connection and all idle ones. The statement is
 * cancelled on the server, which also works through a pooler.
 *
 * A server that refuses a write because it is read-only can be the former primary of a failover,
 * which keeps its connections: all of them are closed, the used ones when they are given back, and
 * new ones lead to the primary of that moment.
 */
export class DatabasePool extends Pool {
  private renewedAt = -Infinity;

  constructor({ isDirect = false, ...config }: DatabasePoolConfig) {
    super({
      connectionTimeoutMillis: DATABASE_LIMITS.connect,
      query_timeout: DATABASE_LIMITS.query,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...(isDirect && WITH_SERVER_LIMITS),
      ...withoutUndefined(config),
      Client: DatabaseClient,
    });
    this.on('connect', (client) => {
      // A connection that breaks while a request uses it has no other listener: the process
      // would end. The statement of the request also fails, and the request is answered.
      client.on('error', () => {});
      if (!(client instanceof DatabaseClient)) return;
      client.onSilence = () => this.dropIdle();
      client.onReadOnly = () => this.renew();
    });
    this.on('release', (_error, client) => {
      if (client instanceof DatabaseClient) client.endIfBefore(this.renewedAt);
    });
  }

  /** Has the type of both overloads of `pg`: with and without a callback. */
  override connect(...[callback]: unknown[]): never {
    const failure = recallFailure();
    if (failure) rememberOutage(failure);
    if (typeof callback !== 'function') return this.connectOrFail(failure) as never;
    if (failure) process.nextTick(callback, failure, undefined, () => {});
    else super.connect(marking(callback as Callback));
    return undefined as never;
  }

  private async connectOrFail(failure: Error | null): Promise<PoolClient> {
    if (failure) throw failure;
    try {
      return await super.connect();
    } catch (error) {
      note(error);
      throw error;
    }
  }

  private renew(): void {
    const now = performance.now();
    if (now - this.renewedAt < RENEWAL_PAUSE_MS) return;
    this.renewedAt = now;
    this.dropIdle();
  }

  private dropIdle(): void {
    for (let count = this.idleCount; count > 0; count -= 1) {
      super.connect((error, _client, release) => {
        if (!error) release(true);
      });
    }
  }
}

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

/**
 * A connection that cancels a statement without an answer, and whose end waits for the server as long
 * as its begin.
 */
class DatabaseClient extends Client {
  onSilence = () => {};
  onReadOnly = () => {};
  private readonly createdAt = performance.now();
  private readonly endLimitMs: number;
  private cancelled: Promise<void> | null = null;

  constructor(config?: ClientConfig) {
    super(config);
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
    const fail = (error: unknown) => {
      note(error);
      this.endIfSilent(error as Error);
      if (isReadOnly(error)) this.onReadOnly();
    };
    const callback = parameters.at(-1);
    if (typeof callback === 'function') {
      parameters[parameters.length - 1] = marking(callback as Callback, fail);
    }
    const send = (): unknown => super.query(...(parameters as [string]));
    // Outside of a transaction, a statement is a transaction of its own.
    const isAlone = this.getTransactionStatus() === 'I';
    const first = send();
    if (!(first instanceof Promise)) return first as never;
    const results = [first];
    const result = isAlone
      ? repeatOnConflict(() => (results.pop() ?? send()) as Promise<unknown>)
      : first;
    result.catch(fail);
    return result as never;
  }

  /** Called when the connection is given back. @param renewedAt later connections are kept. */
  endIfBefore(renewedAt: number): void {
    if (this.createdAt <= renewedAt) this.refuseStatements();
  }

  /** From here on, `pg` refuses further statements, and the pool drops the client. */
  private refuseStatements(): void {
    (this as unknown as { _ending: boolean })._ending = true;
  }

  private endIfSilent({ message }: Error): void {
    if (message !== SILENCE) return;
    this.refuseStatements();
    this.cancelled ??= cancelStatement(this);
    // While a statement runs, this closes the socket.
    void this.end();
    this.onSilence();
  }
}

type Callback = (error: Error | undefined, ...results: unknown[]) => void;

/**
 * The callback, after the error was noted. The driver calls it in the async context of the request
 * that opened the connection, and the pool in that of the request that gives the connection back.
 */
function marking(callback: Callback, fail: (error: Error) => void = note): Callback & (() => void) {
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

/** TypeORM passes each option that it knows, also without a value, which would remove the limit. */
function withoutUndefined(config: PoolConfig): PoolConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

async function setServerLimits(client: ClientBase): Promise<void> {
  const { statement, lock } = DATABASE_LIMITS;
  await client.query(`SET statement_timeout = ${statement}; SET lock_timeout = ${lock}`);
}

/** `pg` waits for the promise; its type does not say so. */
const WITH_SERVER_LIMITS: object = { onConnect: setServerLimits };
