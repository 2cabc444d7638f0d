import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster';
import type { Fault } from './fault-list';
import type { Outcome } from './http-call';
import type { Load } from './load';

const LEAD_MS = 200;
const CHECK_PAUSE_MS = 50;
const RECOVERY_LIMIT_MS = 30_000;

/** What the clients saw of one fault. */
export interface TrialResult {
  fault: string;
  requests: number;
  failed: number;
  /** How often each status was answered; 0: the connection ended without an answer. */
  statuses: Record<number, number>;
  slowest: Outcome;
  /** From the end of the fault to the last failed answer. */
  recoveryMs: number;
  /** Acknowledged writes, in total. */
  writes: number;
  losses: string[];
  /** Answers that the contract does not have for this fault, with the number of each. */
  wrong: Record<string, number>;
  /** Replicas that ended, or that another process replaced, without being meant. */
  ended: string[];
}

/** Runs a fault under load, and waits until all kinds of requests succeed again. */
export async function runTrial(
  { cluster, load }: { cluster: Cluster; load: Load },
  fault: Fault,
): Promise<TrialResult> {
  load.outcomes = [];
  const before = cluster.pids();
  const control = new AbortController();
  const finished = load.run(control.signal);
  await sleep(LEAD_MS);
  let end: number;
  try {
    await fault.run(cluster);
    end = performance.now();
    await untilRecovered(load, end);
  } finally {
    control.abort();
    await finished;
  }
  const { outcomes } = load;
  const after = cluster.pids();
  const ended = Object.entries(before).filter(
    ([name, pid]) => name !== fault.replaces && after[name as keyof typeof after] !== pid,
  );
  return {
    ...summarize(outcomes, { fault, end }),
    writes: load.ledger.size,
    losses: await load.ledger.losses(cluster),
    ended: ended.map(([name]) => name),
  };
}

/** A fault that no answer may show closes at most some idle connections that a client just uses. */
const MOST_RESETS = 3;

function summarize(outcomes: Outcome[], { fault, end }: { fault: Fault; end: number }) {
  const failures = outcomes.filter(isFailure);
  const last = Math.max(end, ...failures.map(({ begin, ms }) => begin + ms));
  const statuses = countBy(outcomes, ({ status }) => status);
  const resets = statuses[0] ?? 0;
  const wrong = countBy(
    failures.filter((outcome) => isWrong(outcome, fault)),
    ({ kind, status, code }) => `${kind}: ${status} ${code}`,
  );
  return {
    fault: fault.name,
    requests: outcomes.length,
    failed: failures.length,
    statuses,
    slowest: outcomes.toSorted((one, other) => other.ms - one.ms)[0]!,
    recoveryMs: last - end,
    wrong: {
      ...wrong,
      ...(fault.isInvisible && resets > MOST_RESETS && { 'closed connections': resets }),
    },
  };
}

/** An active token that is reported as inactive is a failure too. */
function isFailure({ status, body }: Outcome): boolean {
  return status === 0 || status >= 400 || body.active === false;
}

function isWrong({ status, hasRetryAfter, location }: Outcome, fault: Fault): boolean {
  if (status === 0) return !fault.resets;
  if (fault.isInvisible) return true;
  // A redirect with an error has no such header.
  return status !== 503 || (!hasRetryAfter && location === null);
}

function countBy<Item>(items: Item[], toKey: (item: Item) => string | number) {
  const counts: Record<string | number, number> = {};
  for (const item of items) counts[toKey(item)] = (counts[toKey(item)] ?? 0) + 1;
  return counts;
}

async function untilRecovered(load: Load, end: number): Promise<void> {
  while (!hasRecovered(load, end)) {
    if (performance.now() > end + RECOVERY_LIMIT_MS) {
      const failures = load.outcomes.filter(isFailure).slice(-20);
      throw new Error(`no recovery: ${JSON.stringify(failures)}`);
    }
    await sleep(CHECK_PAUSE_MS);
  }
}

function hasRecovered({ outcomes, kinds }: Load, end: number): boolean {
  const since = outcomes.filter(({ begin }) => begin > end);
  return kinds.every((kind) => {
    const last = since.findLast((outcome) => outcome.kind === kind);
    return last !== undefined && !isFailure(last);
  });
}
