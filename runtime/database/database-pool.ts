import { type ClientBase, Pool, type PoolClient, type PoolConfig, type QueryResult } from 'pg';
import { type Callback, DatabaseClient, marking } from './database-client';
import { REQUEST_IS_OVER } from './database-errors';
import { DATABASE_LIMITS } from './database-limits';
import { connectionOwner, recallFailure, rememberOutage, timeLeftInScope } from './database-scope';
import { createReadOnlyError } from './read-only-server';
import { repeatOnConflict } from './repeated-transaction';
import { Shares } from './shares';

/** From one renewal of all connections to the next, in milliseconds: a database can stay read-only. */
const RENEWAL_PAUSE_MS = 1_000;

export interface DatabasePoolConfig extends PoolConfig {
  /**
   * Whether the connections lead to PostgreSQL itself. Then its own limits of a statement are
   * set, and a server that is read-only is not used. A pooler in transaction mode would keep a
   * setting of a session for other clients, and reports the state of a server that it may have left.
   */
  isDirect?: boolean;
  /** A pool to the same server: its connections are dropped with those of this one. */
  sibling?: DatabasePool;
}

/**
 * Connections with time limits. A connection that does not answer is closed.
 *
 * After a network failure without notice (a half-open connection), `pg` returns a connection
 * that did not answer to the pool, and each idle connection costs another request the whole
 * limit. Here the first timeout closes that connection and all idle ones. The statement is
 * cancelled on the server, which also works through a pooler.
 *
 * A server that is read-only can be the former primary of a failover, which keeps its connections and
 * does not know what has changed since: when it says so or refuses a write, all connections are closed,
 * the used ones when they are given back, and new ones lead to the primary of that moment. A new
 * connection to a server that is still read-only is refused, as when the database is not reachable.
 *
 * The requests of one caller use at most half of the connections at the same time, also while their
 * statements wait for locks (`setConnectionOwner()`).
 */
export class DatabasePool extends Pool {
  private renewedAt = -Infinity;
  private readonly shares: Shares;
  private readonly owners = new WeakMap<PoolClient, string>();

  constructor({ isDirect = false, sibling, ...config }: DatabasePoolConfig) {
    super({
      connectionTimeoutMillis: DATABASE_LIMITS.connect,
      query_timeout: DATABASE_LIMITS.query,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...(isDirect && WITH_PREPARATION),
      ...withoutUndefined(config),
      Client: DatabaseClient,
    });
    this.on('connect', (client) => {
      // A connection that breaks while a request uses it has no other listener: the process
      // would end. The statement of the request also fails, and the request is answered.
      client.on('error', () => {});
      if (!(client instanceof DatabaseClient)) return;
      client.onSilence = () => [this, sibling].forEach((pool) => pool?.dropIdle());
      client.onReadOnly = () => [this, sibling].forEach((pool) => pool?.renew());
      if (isDirect) client.leaveReadOnly();
    });
    this.on('release', (_error, client) => {
      if (client instanceof DatabaseClient) client.endIfBefore(this.renewedAt);
      const owner = this.owners.get(client);
      this.owners.delete(client);
      if (owner !== undefined) this.shares.leave(owner);
    });
    this.shares = new Shares(Math.max(1, Math.floor(this.options.max / 2)));
  }

  /** Has the type of both overloads of `pg`: with and without a callback. */
  override connect(...[callback]: unknown[]): never {
    if (typeof callback !== 'function') {
      return new Promise<PoolClient>((resolve, reject) =>
        this.connectOrFail((error, client) =>
          error ? reject(error) : resolve(client as PoolClient),
        ),
      ) as never;
    }
    this.connectOrFail(callback as Callback);
    return undefined as never;
  }

  private connectOrFail(callback: Callback): void {
    const failure = recallFailure();
    if (failure) {
      rememberOutage(failure);
      process.nextTick(callback, failure, undefined, () => {});
    } else {
      this.connectInShare(withinRequest(marking(callback)));
    }
  }

  private connectInShare(callback: Callback): void {
    const owner = connectionOwner();
    if (owner === null) return super.connect(callback);
    this.shares.enter(owner).then(
      () =>
        super.connect((error, client, release) => {
          if (error) this.shares.leave(owner, false);
          else this.owners.set(client!, owner);
          callback(error, client, release);
        }),
      (error: Error) => callback(error, undefined, () => {}),
    );
  }

  /**
   * Stands for all overloads of `pg`. A statement of the pool is a transaction of its own, and is
   * repeated as one, except with a callback.
   */
  override query(...parameters: unknown[]): never {
    const send = () => super.query(...(parameters as [string])) as Promise<unknown>;
    const hasCallback = parameters.some((parameter) => typeof parameter === 'function');
    return (hasCallback ? send() : repeatOnConflict(send)) as never;
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

/**
 * The callback, called at the end of the time of the request at the latest. A connection that comes
 * later is given back.
 */
function withinRequest(callback: ReturnType<typeof marking>): ReturnType<typeof marking> {
  const left = timeLeftInScope();
  if (left === Infinity) return callback;
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    callback(new Error(REQUEST_IS_OVER), undefined, () => {});
  }, left);
  return (error?: Error, client?: unknown, release?: unknown) => {
    if (isOver) {
      (release as (() => void) | undefined)?.();
      return;
    }
    clearTimeout(timer);
    callback(error, client, release);
  };
}

/** TypeORM passes each option that it knows, also without a value, which would remove the limit. */
function withoutUndefined(config: PoolConfig): PoolConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

/** @throws when the server is read-only. */
async function prepare(client: ClientBase): Promise<void> {
  const { statement, lock } = DATABASE_LIMITS;
  const results: unknown = await client.query(
    `SET statement_timeout = ${statement}; SET lock_timeout = ${lock}; SHOW transaction_read_only`,
  );
  const [, , shown] = results as QueryResult<{ transaction_read_only: string }>[];
  if (shown!.rows[0]!.transaction_read_only === 'on') throw createReadOnlyError();
}

/** `pg` waits for the promise; its type does not say so. */
const WITH_PREPARATION: object = { onConnect: prepare };
