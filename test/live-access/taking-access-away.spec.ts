import { Client } from 'pg';
import { CLIENT_ACCESS_CHANGES, CLIENT_CHANGE_FOR_ALL } from './client-access-changes';
import { BackgroundLoad } from './background-load';
import { askReplica, CommitWatch, playRound, type Round } from './round';
import { type AccessFixture, makePerson, visit } from './access-fixture';
import {
  ADMINISTRATOR,
  type AccessChange,
  ACCESS_CHANGES,
  CHANGES_FOR_ALL,
} from './access-changes';
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
let fixture: AccessFixture;
let watch: CommitWatch;
let load: BackgroundLoad;

beforeAll(async () => {
  system = await System.start();
  const { settings } = system;
  replicas = await Promise.all(
    Array.from({ length: REPLICAS }, () => ReplicaProcess.start({ settings })),
  );
  const sql = new Client(system.database.url);
  await sql.connect();
  const { accessToken, refreshToken: sessionToken } = await system.signIn(ADMINISTRATOR);
  fixture = {
    authUrl: system.settings.authUrl,
    replicas: replicas.map(({ url }) => url),
    sql,
    admin: { accessToken, sessionToken },
  };
  watch = await CommitWatch.on(system.database.url);
  load = await BackgroundLoad.start(fixture, { size: 4 });
  await untilLive();
});

afterAll(async () => {
  if (process.env.LIVE_ACCESS_ROUNDS) process.stdout.write(`${describeFigures()}\n`);
  await load.stop();
  await watch.close();
  await fixture.sql.end();
  await Promise.all(replicas.map((replica) => replica.stop()));
  await system.stop();
});

describe('no request that starts 100 ms after a change is judged by the earlier state', () => {
  const changes = [...ACCESS_CHANGES, ...CLIENT_ACCESS_CHANGES].map(
    (change): [string, AccessChange] => [change.name, change],
  );

  it.each(changes)('%s', async (_name, change) => {
    for (let count = 0; count < ROUNDS; count += 1) await expectNoStaleAnswer(change);
  });
});

describe("the caller's next request", () => {
  it.each(
    ACCESS_CHANGES.filter(({ name }) => /through/.test(name) && !/Better/.test(name)).map(
      (change): [string, AccessChange] => [change.name, change],
    ),
  )('is judged by the state after the previous one: %s', async (_name, change) => {
    for (let count = 0; count < 3; count += 1) {
      const person = await makePerson(fixture);
      await change.prepare?.(fixture, person);
      const { question } = change;
      await expectEventually(
        () => askReplica(fixture.replicas[0]!, { person, question }),
        change.before,
      );
      await change.apply(fixture, person);
      expect(await askReplica(fixture.replicas[0]!, { person, question })).toBe(!change.before);
    }
  });
});

describe('changes that concern all users', () => {
  const changes = [CLIENT_CHANGE_FOR_ALL, ...CHANGES_FOR_ALL].map(
    (change): [string, AccessChange] => [change.name, change],
  );

  it.each(changes)('%s', async (_name, change) => {
    await expectNoStaleAnswer(change);
  });
});

/**
 * The test shares its cores with the replicas, the auth server, the database and other
 * processes. A process that gets no time for 100 ms is late without a fault. A round with a late
 * response is repeated; a fault of the protocol shows in every round.
 */
async function expectNoStaleAnswer(change: AccessChange): Promise<void> {
  let round = await playRound({ fixture, watch }, change);
  for (let again = 0; round.stale > 0 && again < 5; again += 1) {
    round = await playRound({ fixture, watch }, change);
  }
  note(change, round);
  expect(round.stale).toBe(0);
}

function note({ name }: AccessChange, round: Round): void {
  delaysMs.push(...round.delaysMs);
  worst.set(name, Math.max(worst.get(name) ?? 0, ...round.delaysMs));
  staleAnswers += round.stale;
}

function describeFigures(): string {
  const sorted = delaysMs.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(sorted.length * part) - 1]?.toFixed(1);
  const changes = [...worst].map(([name, ms]) => `  ${ms.toFixed(1).padStart(7)}  ${name}`);
  return [
    `${sorted.length} changes and replicas: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
    `answers by the old state after 100 ms: ${staleAnswers}`,
    'longest by change, in ms:',
    ...changes,
  ].join('\n');
}

async function untilLive(): Promise<void> {
  for (const url of fixture.replicas) {
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
