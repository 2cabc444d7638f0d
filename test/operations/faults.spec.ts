import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Cluster, type ReplicaName } from './faults/cluster';
import { listFaults, NO_FAULT, setStandby, SHORT_PLAN } from './faults/fault-list';
import { Load } from './faults/load';
import { renderRow } from './faults/report';
import { runTrial, type TrialResult } from './faults/trial';
import { CHEAP_HASHES } from '../support/auth-server/hash-cost';
import { eventually } from '../support/eventually';
import { DatabasePool } from '../../runtime/database/database-pool';
import { runInDatabaseScope } from '../../runtime/database/database-scope';

/** The promise is 5 s; a busy host adds its own delay. */
const ANSWER_LIMIT_MS = 10_000;

/** The promise is 2 s. */
const RECOVERY_LIMIT_MS = 15_000;

/** Between two requests of a kind: each kind is sent several times in each fault. */
const PAUSE_MS = 400;

const NAMES: readonly ReplicaName[] = ['API 1', 'API 2', 'auth server 1', 'auth server 2'];

let cluster: Cluster;
let load: Load;
const rows: string[] = [];

beforeAll(async () => {
  cluster = await Cluster.start(CHEAP_HASHES);
  load = await Load.prepare(cluster.urls, PAUSE_MS);
});

afterAll(async () => {
  await cluster.stop();
  process.stdout.write(`${rows.join('\n')}\n`);
});

it('survives clients that leave while their request for a tunnel is refused', async () => {
  for (const name of NAMES) {
    const { url, pid } = cluster.replica(name);
    for (let round = 0; round < 50; round += 1) {
      const socket = connect(Number(new URL(url).port), 'localhost');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n');
      if (round % 2) await setImmediate();
      socket.resetAndDestroy();
    }
    expect(await cluster.replica(name).isReady()).toBe(true);
    expect(cluster.replica(name).pid).toBe(pid);
  }
});

it('logs no error for clients that leave before their answer', async () => {
  const servers = NAMES.map((name) => cluster.replica(name));
  const starts = servers.map(({ log }) => log.length);
  const linesOfAll = () =>
    servers.flatMap(({ log }, index) => log.slice(starts[index]).split('\n'));
  const left = new Set<string>();
  const isOfLeft = (line: string) => left.has(requestIdOf(line) ?? '');
  const isSeen = () =>
    linesOfAll().some((line) => isOfLeft(line) && line.includes('"status":null'));
  // A busy host reads some requests only after their client has left, which leaves no line.
  for (let round = 0; round < 6 || !isSeen(); round += 1) {
    for (const id of await load.leave((round * 4) % 400)) left.add(id);
  }
  await runTrial({ cluster, load }, NO_FAULT);
  const lines = linesOfAll();
  expect(lines.filter((line) => isFinding(line, left))).toEqual([]);
});

it('a request waits for the commit of a silent standby no longer than its time', async () => {
  const pool: Pool = new DatabasePool({ connectionString: cluster.postgres.url });
  const insert = (id: string) =>
    pool
      .query(
        `INSERT INTO verification (id, identifier, value, expires_at) VALUES ($1, $1, $1, now())`,
        [id],
      )
      .catch((error: Error) => ended.push(`${id}: ${error.message}`));
  const ended: string[] = [];
  await setStandby(cluster, 'none');
  try {
    // A busy host takes long to connect, and to hear of the standby: the time is for the commit.
    await Promise.all([pool.query('SELECT pg_sleep(0.5)'), pool.query('SELECT pg_sleep(0.5)')]);
    const within = () => insert('within a request');
    await Promise.all([
      insert('without a request'),
      runInDatabaseScope(within, { limitMs: 1_000 }),
    ]);
  } finally {
    await setStandby(cluster, '');
  }
  expect(ended).toEqual([
    'within a request: Query read timeout',
    'without a request: Query read timeout',
  ]);
  // Neither error says that nothing was written. The commit is seen when the server has ended its wait.
  await eventually(async () => {
    const sql = `SELECT FROM verification WHERE id LIKE '% a request'`;
    expect(await cluster.query(sql)).toHaveLength(2);
  });
  await eventually(() => expect(pool.totalCount).toBe(0));
  await pool.end();
});

function requestIdOf(line: string): string | undefined {
  return /"requestId":"([^"]+)"/.exec(line)?.[1];
}

/**
 * An error of a request whose client has left, or one about a broken connection without a request.
 * A busy host is no finding: it delays other requests, and ends some by a time limit.
 */
function isFinding(line: string, left: Set<string>): boolean {
  if (!/"level":"(warn|error|fatal)"/.test(line) || /time-?out|timed out/i.test(line)) return false;
  const id = requestIdOf(line);
  return id === undefined ? /ECONNRESET|EPIPE|abort|premature|hang up/i.test(line) : left.has(id);
}

function expectPromises({ wrong, ended, losses, slowest, recoveryMs }: TrialResult): void {
  expect({ wrong, ended, losses }).toEqual({ wrong: {}, ended: [], losses: [] });
  expect(slowest.ms).toBeLessThan(ANSWER_LIMIT_MS);
  expect(recoveryMs).toBeLessThan(RECOVERY_LIMIT_MS);
}

it.each(listFaults(SHORT_PLAN))(
  'two replicas of both processes under load: $name',
  async (fault) => {
    const result = await runTrial({ cluster, load }, fault);
    rows.push(renderRow(result));
    expectPromises(result);
    expect(result.writes).toBeGreaterThan(0);
    if (fault.isFelt) expect(result.statuses[503]).toBeGreaterThan(0);
  },
);
