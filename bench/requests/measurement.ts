import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './targets';
import { runLoad } from '../system/http-load';
import { HOST } from '../system/server-process';

export interface RoundPlan {
  rounds: number;
  connections: number;
  milliseconds: number;
  /** Before the first round, for each target. */
  warmUpMilliseconds: number;
}

/** One round of one target. */
export interface Sample {
  /** Requests a second. */
  rate: number;
  /** CPU time of the server's process for one request, in microseconds. */
  cpu: number;
  p50: number;
  p99: number;
  /** Resident memory of the server's process after the round, in bytes. */
  memory: number;
  /** Part of one core that the load generator used. */
  generator: number;
}

export type Samples = Map<string, Sample[]>;

const PAUSE_MS = 50;

/** Lets all targets take turns in each round, so that other work of the computer falls on all of them. */
export async function measureTargets(targets: Target[], plan: RoundPlan): Promise<Samples> {
  const samples: Samples = new Map(targets.map(({ name }) => [name, []]));
  for (const target of targets) {
    // Each request once, so that no round meets a token for the first time.
    const atLeast = target.requests.length;
    await measureOnce(target, { ...plan, milliseconds: plan.warmUpMilliseconds, atLeast });
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const target of targets) {
      samples.get(target.name)!.push(await measureOnce(target, plan));
      await sleep(PAUSE_MS);
    }
  }
  return samples;
}

async function measureOnce(
  { server, requests }: Target,
  { connections, milliseconds, atLeast }: RoundPlan & { atLeast?: number },
): Promise<Sample> {
  const before = await server.usage();
  const generatorBefore = process.cpuUsage();
  const { answers, seconds, p50, p99 } = await runLoad({
    host: HOST,
    port: server.port,
    status: 200,
    requests,
    connections,
    milliseconds,
    atLeast,
  });
  const generator = process.cpuUsage(generatorBefore);
  const { cpu, memory } = await server.usage();
  return {
    rate: answers / seconds,
    cpu: (cpu - before.cpu) / answers,
    p50,
    p99,
    memory,
    generator: (generator.user + generator.system) / (seconds * 1_000_000),
  };
}
