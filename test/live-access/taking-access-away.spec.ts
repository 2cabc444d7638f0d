import { Client } from 'pg';
import { CLIENT_WAY_FOR_ALL, CLIENT_WAYS } from './client-ways';
import { Crowd } from './crowd';
import { askReplica, CommitWatch, playRound, type Round } from './round';
import { makePerson, type Stage, visit } from './stage';
import { ADMINISTRATOR, type Way, WAYS, WAYS_FOR_ALL } from './ways';
import { ReplicaProcess } from '../support/processes/replica-process';
import { System } from '../support/system';

/**
 * `LIVE_ACCESS_ROUNDS=30` runs more on one replica more, for the figures that are printed at the
 * end. One round shows a fault of the protocol, and two replicas that a change reaches all.
 */
const ROUNDS = Number(process.env.LIVE_ACCESS_ROUNDS ?? 1);
const REPLICAS = process.env.LIVE_ACCESS_ROUNDS ? 3 : 2;

/** Time from each change to the first response by the new state, on each replica. */
const delaysMs: number[] = [];
const worst = new Map<string, number>();
let staleAnswers = 0;

let system: System;
let replicas: ReplicaProcess[];
let stage: Stage;
let watch: CommitWatch;
let crowd: Crowd;

beforeAll(async () => {
  system = await System.start();
  const { settings } = system;
  replicas = await Promise.all(
    Array.from({ length: REPLICAS }, () => ReplicaProcess.start({ settings })),
  );
  const sql = new Client(system.database.url);
  await sql.connect();
  const { accessToken, refreshToken: sessionToken } = await system.signIn(ADMINISTRATOR);
  stage = {
    authUrl: system.settings.authUrl,
    replicas: replicas.map(({ url }) => url),
    sql,
    admin: { accessToken, sessionToken },
  };
  watch = await CommitWatch.on(system.database.url);
  crowd = await Crowd.in(stage, { size: 4 });
  await untilLive();
});

afterAll(async () => {
  if (process.env.LIVE_ACCESS_ROUNDS) process.stdout.write(`${describeFigures()}\n`);
  await crowd.leave();
  await watch.close();
  await stage.sql.end();
  await Promise.all(replicas.map((replica) => replica.stop()));
  await system.stop();
});

describe('no request that starts 100 ms after a change is judged by the earlier state', () => {
  const ways = [...WAYS, ...CLIENT_WAYS].map((way): [string, Way] => [way.name, way]);

  it.each(ways)('%s', async (_name, way) => {
    for (let count = 0; count < ROUNDS; count += 1) await expectNoStaleAnswer(way);
  });
});

describe("the caller's next request", () => {
  it.each(
    WAYS.filter(({ name }) => /through/.test(name) && !/Better/.test(name)).map(
      (way): [string, Way] => [way.name, way],
    ),
  )('is judged by the state after the previous one: %s', async (_name, way) => {
    for (let count = 0; count < 3; count += 1) {
      const person = await makePerson(stage);
      await way.prepare?.(stage, person);
      const { question } = way;
      await expectEventually(
        () => askReplica(stage.replicas[0]!, { person, question }),
        way.before,
      );
      await way.take(stage, person);
      expect(await askReplica(stage.replicas[0]!, { person, question })).toBe(!way.before);
    }
  });
});

describe('changes that concern all users', () => {
  const ways = [CLIENT_WAY_FOR_ALL, ...WAYS_FOR_ALL].map((way): [string, Way] => [way.name, way]);

  it.each(ways)('%s', async (_name, way) => {
    await expectNoStaleAnswer(way);
  });
});

/**
 * The test shares its cores with the replicas, the auth server, the database and other
 * processes. A process that gets no time for 100 ms is late without a fault. A round with a late
 * response is repeated; a fault of the protocol shows in every round.
 */
async function expectNoStaleAnswer(way: Way): Promise<void> {
  let round = await playRound({ stage, watch }, way);
  for (let again = 0; round.stale > 0 && again < 5; again += 1) {
    round = await playRound({ stage, watch }, way);
  }
  note(way, round);
  expect(round.stale).toBe(0);
}

function note({ name }: Way, round: Round): void {
  delaysMs.push(...round.delaysMs);
  worst.set(name, Math.max(worst.get(name) ?? 0, ...round.delaysMs));
  staleAnswers += round.stale;
}

function describeFigures(): string {
  const sorted = delaysMs.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(sorted.length * part) - 1]?.toFixed(1);
  const ways = [...worst].map(([name, ms]) => `  ${ms.toFixed(1).padStart(7)}  ${name}`);
  return [
    `${sorted.length} changes and replicas: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
    `answers by the old state after 100 ms: ${staleAnswers}`,
    'longest by way, in ms:',
    ...ways,
  ].join('\n');
}

async function untilLive(): Promise<void> {
  for (const url of stage.replicas) {
    await expectEventually(async () => {
      const { body } = await visit(`${url}/health/ready`);
      return (body as { checks: { access: { mode: string } } }).checks.access.mode;
    }, 'live');
  }
}

async function expectEventually<T>(look: () => Promise<T>, expected: T): Promise<void> {
  const deadline = performance.now() + 60_000;
  while ((await look()) !== expected) {
    if (performance.now() > deadline) throw new Error(`never ${String(expected)}`);
  }
}
