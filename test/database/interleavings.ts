import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { createTestDatabase } from '../support/database';

export type Actor = 'first' | 'second';

/** What one of two connections does, one step after the other. */
export type Steps = (() => Promise<unknown>)[];

/** Every order in which two connections can send their steps. */
export function interleavings(first: number, second: number): Actor[][] {
  if (first === 0) return [Array<Actor>(second).fill('second')];
  if (second === 0) return [Array<Actor>(first).fill('first')];
  return [
    ...interleavings(first - 1, second).map((rest): Actor[] => ['first', ...rest]),
    ...interleavings(first, second - 1).map((rest): Actor[] => ['second', ...rest]),
  ];
}

interface Connections {
  connections: Record<Actor, Client>;
  observer: Client;
}

interface Run extends Connections {
  order: Actor[];
  steps: Record<Actor, Steps>;
}

/** Two connections and an observer, in a database with the schema and without rows. */
export async function openConnections(): Promise<Connections & { close(): Promise<void> }> {
  const database = await createTestDatabase();
  const connect = async () => {
    const client = new Client(database.url);
    await client.connect();
    return client;
  };
  const connections = { first: await connect(), second: await connect() };
  const observer = await connect();
  const close = async () => {
    await Promise.all([connections.first, connections.second, observer].map((one) => one.end()));
    await database.drop();
  };
  return { connections, observer, close };
}

/**
 * Sends the steps in this order. A step that waits for a lock stays under way while the other
 * connection goes on; the steps behind it wait for it.
 *
 * @returns when all steps are over.
 */
export async function runInterleaved({ order, steps, connections, observer }: Run): Promise<void> {
  const queues = { first: Promise.resolve(), second: Promise.resolve() };
  const open = { first: 0, second: 0 };
  const next = { first: 0, second: 0 };
  for (const actor of order) {
    const step = steps[actor][next[actor]++]!;
    open[actor] += 1;
    queues[actor] = queues[actor].then(async () => {
      await step();
      open[actor] -= 1;
    });
    while (open[actor] > 0 && !(await isWaiting(observer, connections[actor]))) await pause(1);
  }
  await Promise.all([queues.first, queues.second]);
}

async function isWaiting(observer: Client, connection: Client): Promise<boolean> {
  const { processID } = connection as Client & { processID: number };
  const { rows } = await observer.query<{ waits: boolean }>(
    'SELECT cardinality(pg_blocking_pids($1)) > 0 AS waits',
    [processID],
  );
  return rows[0]!.waits;
}
