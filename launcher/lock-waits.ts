import { setTimeout as pause } from 'node:timers/promises';
import { type Client, DatabaseError } from 'pg';
import {
  type EntitySubscriberInterface,
  EventSubscriber,
  type TransactionStartEvent,
} from 'typeorm';
import { MigrationError } from './migration-error';

/** Of each connection of the migrations; the search for blocking processes finds them by it. */
export const APPLICATION_NAME = 'gatehouse-migrate';

/**
 * How long a statement of a migration waits for a lock. Every statement on the table queues behind
 * it, also those that only read: less than the limits of the processes (database-limits.ts). More
 * than `deadlock_timeout` (1 s): only then does PostgreSQL cancel an autovacuum that is in the way.
 */
export const LOCK_LIMIT_MS = 1_500;
/** Between two attempts, for the statements that queued. */
const PAUSE_MS = 2_000;
/** From the first attempt of a step to its last one. */
const REPEAT_LIMIT_MS = 120_000;
const SEARCH_PAUSE_MS = 200;
const LOCK_NOT_AVAILABLE = '55P03';

/** Sets the limit for each transaction: a pooler in transaction mode keeps no setting of a session. */
@EventSubscriber()
export class LimitLockWaits implements EntitySubscriberInterface {
  async afterTransactionStart({ queryRunner }: TransactionStartEvent): Promise<void> {
    await queryRunner.query(`SET LOCAL lock_timeout = ${LOCK_LIMIT_MS}`);
  }
}

interface RepeatOptions {
  /** A connection beside that of the migrations. */
  observer: Client;
  /** Is told that a lock is not available, once for each list of holders. */
  warn: (line: string) => void;
  /** For each step, from its first failure. */
  limitMs?: number;
  /** How many steps are committed. */
  countSteps: () => Promise<number>;
}

/**
 * Repeats a change while other processes hold locks that it needs.
 *
 * @param change commits in steps, and begins with the step that failed.
 * @throws {MigrationError} that names the processes.
 */
export async function repeatWhileLocked<T>(
  change: () => Promise<T>,
  { observer, warn, limitMs = REPEAT_LIMIT_MS, countSteps }: RepeatOptions,
): Promise<T> {
  const isOver = limitOfStep(limitMs);
  let told = '';
  for (;;) {
    const search = searchHolders(observer);
    try {
      return await change();
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      const holders = await search.end();
      if (isOver(await countSteps())) throw new MigrationError(describe(holders));
      if (holders !== told) warn(`Waiting for ${holders}, which holds a lock on a table.`);
      told = holders;
    } finally {
      await search.end();
    }
    await pause(PAUSE_MS);
  }
}

/** The time of a step begins with its first failure. */
function limitOfStep(limitMs: number): (steps: number) => boolean {
  let step = -1;
  let deadline = 0;
  return (steps) => {
    const now = performance.now();
    if (steps !== step) deadline = now + limitMs;
    step = steps;
    return now >= deadline;
  };
}

function isLockTimeout(error: unknown): boolean {
  const { driverError = error } = error as { driverError?: unknown };
  return driverError instanceof DatabaseError && driverError.code === LOCK_NOT_AVAILABLE;
}

function describe(holders: string): string {
  return (
    `${holders} holds a lock on a table. Applied migrations stay. ` +
    'End the process, for example with SELECT pg_terminate_backend(<pid>), and run it again'
  );
}

/** A prepared transaction has the process 0, and no row in `pg_stat_activity`. */
const HOLDERS = `
  SELECT DISTINCT format('process %s (%s)', holder.pid, concat_ws(', ',
           nullif(activity.application_name, ''), activity.usename, activity.state)) AS name
    FROM pg_stat_activity AS waiting
   CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS holder (pid)
    LEFT JOIN pg_stat_activity AS activity ON activity.pid = holder.pid
   WHERE waiting.datname = current_database() AND waiting.application_name = '${APPLICATION_NAME}'
     AND waiting.wait_event_type = 'Lock' AND waiting.wait_event <> 'advisory'
   ORDER BY 1`;

/** PostgreSQL names the processes only while the statement waits. @returns the last that it named. */
function searchHolders(observer: Client): { end: () => Promise<string> } {
  const stop = new AbortController();
  let holders = 'another process';
  const search = async () => {
    for (;;) {
      await pause(SEARCH_PAUSE_MS, null, { signal: stop.signal });
      const { rows } = await observer.query<{ name: string }>(HOLDERS);
      if (rows.length > 0) holders = rows.map(({ name }) => name).join(', ');
    }
  };
  const ended = search().catch(() => {});
  return {
    end: async () => {
      stop.abort();
      await ended;
      return holders;
    },
  };
}
