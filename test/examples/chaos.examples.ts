import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { ChaosReader } from './chaos/chaos-reader';
import { ChaosSystem } from './chaos/chaos-system';
import { EventWriters } from './chaos/event-writers';
import { FaultTotals, type Loss, makeLosses } from './chaos/losses';
import { Fleet, STATED_MS } from './fleet';
import { OAuthStage } from '../oauth/stage';
import { eventually } from '../support/eventually';

/** `CHAOS_EVENTS=10000` for the figures of the documents. */
const EVENTS = Number(process.env.CHAOS_EVENTS ?? 400);
/** Of each fault; `FAULT_ROUNDS=30` for the figures of the documents. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
const READERS = 6;
const WRITERS = 16;

let system: ChaosSystem;
let readers: ChaosReader[] = [];
let fleet: Fleet;

beforeAll(async () => {
  system = await ChaosSystem.start();
  const stage = await OAuthStage.on(system);
  const client = await stage.register({ type: 'machine', scopes: ['access-events:read'] });
  const { body } = await stage.serviceAccountToken(client);
  const url = new URL(system.balancer.via(system.apiUrl)).origin;
  readers = Array.from(
    { length: READERS },
    () => new ChaosReader({ url, token: body.access_token }),
  );
  for (const reader of readers) await reader.start();
  fleet = await Fleet.before(system, system.balancer);
});

afterAll(async () => {
  await fleet.stopBackends();
  for (const reader of readers) await reader.stop();
  await system.stop();
});

/** Faults during which the stream of the backends is interrupted. */
const INTERRUPTIONS: readonly [name: string, () => Promise<void>][] = [
  ['the stream is cut', () => system.changeReplica()],
  ['the replica is killed', () => system.crashReplica()],
  ['PostgreSQL restarts', () => system.postgres.restart('fast')],
  ['PostgreSQL crashes', () => system.postgres.restart('immediate')],
];

const FAULTS = [
  () => system.postgres.restart('immediate'),
  () => system.crashReplica(),
  () => system.postgres.restart('fast'),
  () => system.changeReplica(),
  () => readers[0]!.disconnect(),
] as const;

describe('over restarts of everything', () => {
  it('readers receive every committed event, and no other', async () => {
    const writers = new EventWriters({
      url: system.postgres.url,
      writers: WRITERS,
      events: EVENTS,
    });
    const writing = writers.run();
    let faults = 0;
    do {
      await pause(300);
      await FAULTS[faults % FAULTS.length]!();
      faults += 1;
    } while (!writers.isDone || faults < FAULTS.length);
    await writing;
    const events = await untilAllAreRead();
    expect(events).toBeGreaterThanOrEqual(EVENTS);
    showReport(events, faults);
  }, 600_000);
});

describe('a change while the stream of the backends is interrupted', () => {
  it(
    'is followed by every backend within the stated time',
    async () => {
      const totals = new FaultTotals();
      for (let round = 0; round < ROUNDS; round += 1) await changeDuringInterruptions(totals);
      totals.show();
      expect(totals.accepted).toBe(0);
    },
    Math.max(600_000, ROUNDS * 120_000),
  );
});

async function changeDuringInterruptions(totals: FaultTotals): Promise<void> {
  await fleet.connectAgain();
  const user = await fleet.member();
  const losses: Loss[][] = [];
  for (let left = INTERRUPTIONS.length; left > 0; left -= 1) losses.push(await makeLosses(fleet));
  const judged: Promise<void>[] = [];
  for (const [index, [fault, interrupt]] of INTERRUPTIONS.entries()) {
    await fleet.untilCurrent();
    await expectAccepted(losses[index]!);
    const ended = interrupt();
    for (const loss of losses[index]!) {
      // The database can be down at this moment.
      await eventually(() => system.query(loss.statement, [loss.id]));
      judged.push(judge({ fault, loss, totals }));
    }
    await ended;
  }
  await Promise.all(judged);
  await fleet.untilCurrent();
  for (const { path, token, expected } of losses.flat()) {
    await fleet.expectAll(path, token, expected);
  }
  await fleet.expectAll('/orders', user.token, 200);
}

/** A new key is fetched some seconds later when another unknown one was asked for before. */
async function expectAccepted(losses: readonly Loss[]): Promise<void> {
  await eventually(async () => {
    for (const { path, token } of losses) await fleet.expectAll(path, token, 200);
  });
}

async function judge({ fault, loss, totals }: Judged): Promise<void> {
  const answers = await fleet.answersAfter(STATED_MS, loss);
  totals.add(`${fault}, ${loss.name}`, answers);
}

interface Judged {
  fault: string;
  loss: Loss;
  totals: FaultTotals;
}

/**
 * A transaction that is rolled back has a number, and the record of its end is written later. A
 * crash before that gives its number to another transaction.
 */
describe('a transaction number that a crash gives out again', () => {
  it('hides no event', async () => {
    const person = await system.asUser();
    await crashWithLostNumbers(person.id);
    await setBan(person.id, false);
    await untilAllAreRead();
  });

  it('hides no event when the log has grown past the lost part', async () => {
    const person = await system.asUser();
    await crashWithLostNumbers(person.id);
    // More than was lost, with one number.
    await eventually(() =>
      system.query(`SELECT pg_logical_emit_message(true, 'test', repeat('x', 1000000))`),
    );
    // Time for each replica to connect again and to look.
    await pause(3_000);
    await setBan(person.id, false);
    await untilAllAreRead();
  });
});

describe('a database that is restored to an earlier state under running replicas', () => {
  it('is told to readers as a reload, and hides no later event', async () => {
    const person = await system.asUser();
    await system.postgres.keepCopy();
    await eventually(() => rollBack(200));
    await untilReadersKnow(await currentNumber());
    const reloads = readers.map((reader) => reader.reloads);
    await system.postgres.goBack();
    // It stands for the events before it.
    await eventually(() =>
      readers.forEach((reader, index) => expect(reader.reloads).toBeGreaterThan(reloads[index]!)),
    );
    await setBan(person.id, true);
    await untilAllAreRead();
  });
});

/** The next transaction number. */
async function currentNumber(): Promise<number> {
  const [row] = await system.query<{ next: number }>(
    'SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS next',
  );
  return row!.next;
}

/** The positions of all readers have seen the transactions before the number. */
async function untilReadersKnow(number: number): Promise<void> {
  await eventually(() => {
    if (readers.some(({ reached }) => reached < number)) throw new Error('not all have read');
  });
}

/** Each replica has looked after the numbers of 200 transactions that the crash gives out again. */
async function crashWithLostNumbers(userId: string): Promise<void> {
  await system.query(`ALTER SYSTEM SET wal_writer_delay = '10s'`);
  await system.query('SELECT pg_reload_conf()');
  await setBan(userId, true);
  await untilAllAreRead();
  await rollBack(200);
  await system.query(`SELECT pg_notify('gatehouse_events', '')`);
  // Time for a look, which sees the numbers of these transactions as over.
  await pause(300);
  await system.postgres.restart('immediate');
}

async function setBan(userId: string, banned: boolean): Promise<void> {
  await system.query('UPDATE "user" SET banned = $2 WHERE id = $1', [userId, banned]);
}

async function rollBack(count: number): Promise<void> {
  const client = new Client(system.postgres.url);
  await client.connect();
  for (let left = count; left > 0; left -= 1) {
    await client.query('BEGIN; SELECT pg_current_xact_id(); ROLLBACK');
  }
  await client.end();
}

/** @returns the number of events. */
async function untilAllAreRead(): Promise<number> {
  const kept = await system.query<{ id: string }>('SELECT id::text FROM access_event');
  await eventually(() => {
    const missing = readers.map((reader) => kept.filter(({ id }) => !reader.has(id)).length);
    if (missing.some((count) => count > 0)) throw new Error(`missing: ${missing.join(', ')}`);
  });
  const ids = new Set(kept.map(({ id }) => id));
  for (const { deliveries } of readers) {
    expect([...deliveries.keys()].filter((id) => !ids.has(id))).toEqual([]);
  }
  return kept.length;
}

function showReport(events: number, faults: number): void {
  const sum = (of: (reader: ChaosReader) => number) =>
    readers.reduce((total, reader) => total + of(reader), 0);
  process.stdout.write(
    `chaos: ${events} events, ${faults} faults, ${READERS} readers with ` +
      `${sum(({ connections }) => connections)} connections: 0 lost, ` +
      `${sum(({ duplicates }) => duplicates)} duplicates, ${sum(({ reloads }) => reloads)} reloads\n`,
  );
}
