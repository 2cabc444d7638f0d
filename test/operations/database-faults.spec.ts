import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../launcher/postgres/embedded-postgres';
import { runMigrations } from '../../launcher/migrations';
import { type Processes, startProcesses } from './processes';
import { type Outcome, Workload, wrongAnswers } from './workload';

/** What the wire promises for every route under every fault. */
const ANSWER_LIMIT_MS = 5_000;

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
const directory = join(folder, 'postgres');
let postgres: EmbeddedPostgres;
let processes: Processes;
let workload: Workload;
let admin: Client;

jest.setTimeout(90_000);

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ directory, durable: false });
  await runMigrations(postgres.url);
  processes = await startProcesses(postgres.url);
  workload = await Workload.prepare(processes);
  admin = await connect();
});

afterAll(async () => {
  await admin.end().catch(() => {});
  await processes.api.stop();
  await processes.auth.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

afterEach(untilWell);

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: postgres.url, application_name: 'test' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Waits until the same processes serve a whole round. */
async function untilWell(): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const outcomes = await workload.round();
    const areRunning = processes.auth.isRunning && processes.api.isRunning;
    if (areRunning && outcomes.every(({ status }) => status < 400)) return;
    if (performance.now() > deadline) throw new Error(JSON.stringify(outcomes));
    await sleep(100);
  }
}

function slowest(outcomes: Outcome[]): number {
  return Math.max(...outcomes.map(({ ms }) => ms));
}

function expectUnavailable(outcomes: Outcome[]): void {
  expect(wrongAnswers(outcomes)).toEqual([]);
  expect(slowest(outcomes)).toBeLessThan(ANSWER_LIMIT_MS);
}

/** Ids of the processes of PostgreSQL that serve connections of Gatehouse. */
async function backends(condition: string): Promise<number[]> {
  const { rows } = await admin.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND application_name <> 'test' AND ${condition}`,
  );
  return rows.map(({ pid }) => pid);
}

it('survives clients that leave while their request for a tunnel is refused', async () => {
  for (const { url } of [processes.api, processes.auth]) {
    for (let round = 0; round < 50; round += 1) {
      const socket = connectTo(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n');
      if (round % 2) await setImmediate();
      socket.resetAndDestroy();
    }
    expect(await processes.api.isReady()).toBe(true);
  }
});

it('logs no error for clients that leave before their answer', async () => {
  const [api, auth] = [processes.api.log.length, processes.auth.log.length];
  for (let round = 0; round < 6; round += 1) await workload.leave(round * 4);
  await untilWell();
  const lines = (processes.api.log.slice(api) + processes.auth.log.slice(auth)).split('\n');
  expect(lines.some((line) => line.includes('request'))).toBe(true);
  expect(lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([]);
});

it('survives connections that are terminated every 0.7 s under load', async () => {
  const load = new AbortController();
  workload.outcomes.length = 0;
  const finished = workload.run(load.signal);
  for (let round = 0; round < 10; round += 1) {
    await sleep(700);
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name <> 'test'`,
    );
  }
  load.abort();
  await finished;
  expect(processes.auth.isRunning && processes.api.isRunning).toBe(true);
  expect(wrongAnswers(workload.outcomes)).toEqual([]);
  expect(workload.outcomes.some(({ status }) => status < 300)).toBe(true);
});

it.each(['user', 'session', 'account'])(
  'answers within the limit while the table "%s" is locked, and leaves no statement behind',
  async (table) => {
    const holder = await connect();
    await holder.query(`BEGIN; LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`);
    const outcomes = await workload.round();
    expectUnavailable(outcomes);
    expect(outcomes.some(({ status }) => status === 503)).toBe(true);
    await sleep(1_000);
    await expect(backends(`wait_event_type = 'Lock'`)).resolves.toEqual([]);
    await holder.query('ROLLBACK');
    await holder.end();
  },
);

it('answers within the limit while PostgreSQL does not run at all', async () => {
  await postgres.stop();
  expectUnavailable(await workload.round());
  expectUnavailable(await workload.round());
  postgres = await startEmbeddedPostgres({ directory, durable: false });
  admin = await connect();
});

it('answers within the limit while PostgreSQL is suspended', async () => {
  const pids = [postgres.pid, ...(await backends('true'))];
  const { rows } = await admin.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  for (const pid of [...pids, rows[0]!.pid]) process.kill(pid, 'SIGSTOP');
  try {
    expectUnavailable(await workload.round());
    expectUnavailable(await workload.round());
  } finally {
    for (const pid of [...pids, rows[0]!.pid]) process.kill(pid, 'SIGCONT');
  }
});

it('answers 503 to writes while the database is read-only', async () => {
  const name = new URL(postgres.url).pathname.slice(1);
  await admin.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
  for (const pid of await backends('true'))
    await admin.query('SELECT pg_terminate_backend($1)', [pid]);
  await sleep(500);
  const outcomes = await workload.round();
  await admin.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = off`);
  for (const pid of await backends('true'))
    await admin.query('SELECT pg_terminate_backend($1)', [pid]);
  expectUnavailable(outcomes);
  const writes = outcomes.filter(({ kind }) => /sign-|create|change/.test(kind));
  expect(writes.map(({ status }) => status)).toEqual(writes.map(() => 503));
});
