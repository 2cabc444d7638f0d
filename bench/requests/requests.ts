import { type Contest, NAMES, startContest } from './contestants';
import { prepareContestants } from './contestant-package';
import { measureTargets, type RoundPlan, type Samples } from './measurement';
import { medianOf, renderSamples } from './report';
import type { Benchmark } from '../common/benchmark';
import { type Goal, renderGoals } from '../common/goals';
import { Gatehouse } from '../system/gatehouse';

const FULL = { rounds: 5, connections: 32, milliseconds: 1_500, warmUpMilliseconds: 2_000 };
const SMOKE = { rounds: 1, connections: 4, milliseconds: 100, warmUpMilliseconds: 50 };

/** Requests a second, beside what others would use instead. */
export const requestsBenchmark: Benchmark = {
  name: 'requests',
  async run(print, { isSmoke }) {
    prepareContestants(print);
    const plan: RoundPlan = isSmoke ? SMOKE : FULL;
    const tokens = isSmoke ? 50 : 20_000;
    const gatehouse = await Gatehouse.start({ users: tokens });
    let contest: Contest | null = null;
    try {
      contest = await startContest(gatehouse, await gatehouse.makeTokens(tokens));
      print('every contestant but the bare route refuses no token, a forged one, a wrong role');
      const { rounds, milliseconds, connections } = plan;
      print(`medians of ${rounds} rounds of ${milliseconds} ms, ${connections} connections`);
      const samples = await measureTargets(contest.targets, plan);
      for (const line of renderSamples(samples)) print(line);
      for (const line of renderGoals(goalsOf(samples))) print(line);
    } finally {
      await contest?.stop();
      await gatehouse.stop();
    }
  },
};

type Comparison = [what: string, measured: string, against: string, atLeast: number];

const COMPARISONS: Comparison[] = [
  ['/users/me against a bare NestJS route', NAMES.live, NAMES.bareNest, 0.6],
  ['/users/me against Fastify without database', NAMES.live, NAMES.fastifyCache, 0.8],
  ['/users/me against Fastify with one read', NAMES.live, NAMES.fastifyRead, 2],
  ['/users/me against usual NestJS', NAMES.live, NAMES.usualNest, 5],
  ['/users/me against nestjs-better-auth', NAMES.live, NAMES.nestBetterAuth, 12],
  ['many tokens in turn against one', NAMES.manyTokens, NAMES.live, 0.85],
  ['strict against Fastify with one read', NAMES.strict, NAMES.fastifyRead, 0.9],
  ['list of users against Fastify', NAMES.liveList, NAMES.fastifyList, 1.2],
  ['pass-through against a direct call', NAMES.sessionThrough, NAMES.session, 0.85],
];

function goalsOf(samples: Samples): Goal[] {
  const of = (name: string) => samples.get(name)!;
  const goals = COMPARISONS.map(([what, measured, against, atLeast]): Goal => {
    const ratio = medianOf(of(measured), 'rate') / medianOf(of(against), 'rate');
    const cpu = medianOf(of(against), 'cpu') / medianOf(of(measured), 'cpu');
    return { what, ratio, atLeast, note: `by CPU time ${cpu.toFixed(2)}` };
  });
  const memory = medianOf(of(NAMES.live), 'memory') / medianOf(of(NAMES.usualNest), 'memory');
  return [...goals, { what: 'memory after load against usual NestJS', ratio: memory, atMost: 1 }];
}
