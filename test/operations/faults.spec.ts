import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Cluster, type ReplicaName } from './faults/cluster';
import { listFaults, NO_FAULT, SHORT_PLAN } from './faults/fault-list';
import { Load } from './faults/load';
import { renderRow } from './faults/report';
import { runTrial, type TrialResult } from './faults/trial';

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
  cluster = await Cluster.start();
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
  for (let round = 0; round < 6; round += 1) await load.leave(round * 4);
  await runTrial({ cluster, load }, NO_FAULT);
  const lines = servers.flatMap(({ log }, index) => log.slice(starts[index]).split('\n'));
  expect(lines.some((line) => line.includes('request'))).toBe(true);
  expect(lines.filter(isFinding)).toEqual([]);
});

/** On a busy host, live access reports that a proof is late. */
function isFinding(line: string): boolean {
  return /"level":"(warn|error|fatal)"/.test(line) && !line.includes('"context":"LiveAccess"');
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
