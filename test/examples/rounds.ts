import { setTimeout as pause } from 'node:timers/promises';
import type { BackendProcess } from './backend-process';
import type { Fleet } from './fleet';

/** Rounds of each kind of change; `FOLLOWER_ROUNDS=30` for the figures of the documents. */
export const ROUNDS = Number(process.env.FOLLOWER_ROUNDS ?? 2);

/** A change that ends access. */
export interface Round {
  path: string;
  token: string;
  expected: number;
  /** Returns when the change is committed. */
  change(): Promise<unknown>;
}

const POLL_MS = 1;
const LIMIT_MS = 30_000;

/** Runs the rounds, and prints the time from the commit to the first refusal of each backend. */
export async function measure(
  fleet: Fleet,
  name: string,
  makeRound: (index: number) => Promise<Round>,
): Promise<void> {
  const delays = new Map<string, number[]>();
  const controls: number[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const round = await makeRound(index);
    await fleet.expectAll(round.path, round.token, 200);
    controls.push(await timeOf(() => askSteps(fleet)));
    await round.change();
    const began = performance.now();
    await Promise.all(
      fleet.backends.map(async (backend) => {
        const delay = (await untilRefused(backend, round)) - began;
        delays.set(backend.name, [...(delays.get(backend.name) ?? []), delay]);
      }),
    );
  }
  for (const [backend, values] of delays) show(`${name}, ${backend}`, values);
  show(`${name}, control`, controls);
}

/**
 * As many changes between processes as between a commit and a refusal, with nothing to do in them:
 * it shows how long processes wait for a core.
 */
async function askSteps({ stage, system }: Fleet): Promise<void> {
  await stage.sql.query('SELECT 1');
  await stage.sql.query('SELECT 1');
  const response = await fetch(`${system.apiUrl}/health/live`);
  await response.arrayBuffer();
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** @returns when the first refusal had been received. */
async function untilRefused(backend: BackendProcess, round: Round): Promise<number> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const status = await backend.statusOf(round.path, round.token);
    const now = performance.now();
    if (status === round.expected) return now;
    if (now > deadline) throw new Error(`${backend.name}: ${status}, not ${round.expected}`);
    await pause(POLL_MS);
  }
}

/** Prints p50, p99 and the largest value. */
function show(name: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!.toFixed(1);
  process.stdout.write(`${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n`);
}
