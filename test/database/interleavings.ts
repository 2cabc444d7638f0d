import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';

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

interface Run {
  order: Actor[];
  steps: Record<Actor, Steps>;
  connections: Record<Actor, Client>;
  observer: Client;
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
