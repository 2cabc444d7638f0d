import { join } from 'node:path';
import type { Benchmark } from './common/benchmark';
import { type Goal, renderGoals } from './common/goals';
import { contestantScript, prepareContestants } from './requests/contestant-package';
import { PROFILE } from './requests/refusals';
import { Gatehouse } from './system/gatehouse';
import { HOST, ServerProcess, type ServerOptions } from './system/server-process';
import { findFreePort } from '../launcher/services/ports';

const ROUNDS = 9;
const NAMES = { own: 'Gatehouse API', usual: 'usual NestJS' } as const;

/** Milliseconds to the first authorized answer, and what the process has used by then. */
interface Sample {
  wall: number;
  cpu: number;
  memory: number;
}

/** From the start of a process to its first authorized answer, beside a usual NestJS. */
export const startsBenchmark: Benchmark = {
  name: 'starts',
  async run(print, { isSmoke }) {
    prepareContestants(print);
    const gatehouse = await Gatehouse.start({ users: 10 });
    try {
      const ways = await prepare(gatehouse);
      const samples = await takeRounds(ways, isSmoke ? 1 : ROUNDS);
      for (const [name, list] of samples) print(renderSamples(name, list));
      for (const line of renderGoals([goalOf(samples)])) print(line);
    } finally {
      await gatehouse.stop();
    }
  },
};

type Way = () => Promise<ServerOptions>;

/** All processes share one compile cache, as those of `npm start` do. */
async function prepare(gatehouse: Gatehouse): Promise<Map<string, Way>> {
  const { users } = await gatehouse.makeTokens(1);
  const { databaseUrl, jwksUrl, issuer, audience } = gatehouse;
  const common = {
    readyPath: PROFILE,
    readyHeaders: { authorization: `Bearer ${users[0]!}` },
    directory: gatehouse.folder,
  };
  const cache = { NODE_COMPILE_CACHE: join(gatehouse.folder, 'compile-cache') };
  const own = async (): Promise<ServerOptions> => {
    const options = await gatehouse.apiOptions({ name: NAMES.own, env: cache });
    return { ...options, ...common };
  };
  const usual = async (): Promise<ServerOptions> => {
    const port = await findFreePort(HOST);
    const configuration = { port, databaseUrl, jwksUrl, issuer, audience };
    const script = contestantScript('usual-nest');
    const env = { NODE_ENV: 'production', ...cache };
    return { ...common, name: NAMES.usual, script, configuration, env, port };
  };
  return new Map<string, Way>([
    [NAMES.own, own],
    [NAMES.usual, usual],
  ]);
}

async function takeRounds(ways: Map<string, Way>, rounds: number): Promise<Map<string, Sample[]>> {
  const samples = new Map([...ways.keys()].map((name): [string, Sample[]] => [name, []]));
  // The first round fills the compile cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, toOptions] of ways) {
      const sample = await startOnce(await toOptions());
      if (round > 0) samples.get(name)!.push(sample);
    }
  }
  return samples;
}

async function startOnce(options: ServerOptions): Promise<Sample> {
  const began = performance.now();
  const server = await ServerProcess.start(options);
  const wall = performance.now() - began;
  const { cpu, memory } = await server.usage();
  await server.stop();
  return { wall, cpu: cpu / 1_000, memory };
}

function renderSamples(name: string, list: Sample[]): string {
  const [wall, cpu] = [medianOf(list, 'wall'), medianOf(list, 'cpu')];
  const memory = medianOf(list, 'memory') / 1024 / 1024;
  return `${name}: ${wall.toFixed(0)} ms, CPU ${cpu.toFixed(0)} ms, ${memory.toFixed(0)} MB`;
}

function goalOf(samples: Map<string, Sample[]>): Goal {
  const ratio = (key: keyof Sample) =>
    medianOf(samples.get(NAMES.own)!, key) / medianOf(samples.get(NAMES.usual)!, key);
  const note = `by CPU time ${ratio('cpu').toFixed(2)}`;
  return { what: 'start to the first authorized answer', ratio: ratio('wall'), atMost: 1.5, note };
}

function medianOf(list: readonly Sample[], key: keyof Sample): number {
  const sorted = list.map((sample) => sample[key]).sort((a, b) => a - b);
  return sorted.at(sorted.length >> 1) ?? NaN;
}
