import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { HungParts } from './hung-parts';
import { type Processes, startProcesses } from './processes';
import { createTestDatabase, type TestDatabase } from '../support/database';

const CALLERS = 20;

/** Between two requests of a caller: most connections are idle when the process stops. */
const PAUSE_MS = 20;

/** Runs in both processes: an error that no code handles, on a signal. */
const FAIL_ON_SIGNAL = `process.on('SIGUSR2', () => {
  void Promise.reject(new Error('an error of a test'));
})`;

let database: TestDatabase;
let processes: Processes;
let hung: HungParts;
/** The statuses of a stop that takes seconds, during the other tests. */
let hungStop: Promise<(number | null)[]>;

beforeAll(async () => {
  hung = await HungParts.start();
  await hung.loseDatabase();
  const { api, auth } = hung.processes;
  hungStop = Promise.all([api.stop(), auth.stop()]);
});

afterAll(() => hung.stop());

async function start(): Promise<void> {
  database = await createTestDatabase();
  processes = await startProcesses(database.url, {
    // Longer than a busy host keeps a caller from its next request.
    SHUTDOWN_DELAY: '1500ms',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(FAIL_ON_SIGNAL)}`,
  });
}

async function stop(): Promise<void> {
  await processes?.api.stop();
  await processes?.auth.stop();
  await database.drop();
}

interface Answer {
  status: number;
  isClosing: boolean;
}

function request(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response: IncomingMessage) => {
      const { statusCode: status = 0, headers } = response;
      response
        .resume()
        .on('end', () => resolve({ status, isClosing: headers.connection === 'close' }));
      response.on('error', reject);
    }).on('error', reject);
  });
}

/** Repeats a request on one kept connection until an answer announces its end. */
async function call(url: string, outcomes: (Answer | string)[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (let isClosing = false; !isClosing;) {
      const answer = await request(url, agent);
      outcomes.push(answer);
      ({ isClosing } = answer);
      if (!isClosing) await sleep(PAUSE_MS);
    }
  } catch (error) {
    outcomes.push((error as NodeJS.ErrnoException).code ?? String(error));
  }
  agent.destroy();
}

/** The first answer of the readiness after the begin of a stop. */
async function untilNotReady(url: string): Promise<globalThis.Response> {
  for (;;) {
    const response = await fetch(`${url}/health/ready`);
    if (!response.ok) return response;
    await response.body?.cancel();
    await sleep(PAUSE_MS);
  }
}

describe('a stop of a process under load', () => {
  beforeAll(start);
  afterAll(stop);

  // The API first: it passes requests on to the auth server.
  it.each(['api', 'auth'] as const)(
    '%s: answers every request, announces the end of each connection and ends with 0',
    async (name) => {
      const server = processes[name];
      const paths = ['/health/live', '/api/auth/jwks'];
      const outcomes: (Answer | string)[] = [];
      const calls = Array.from({ length: CALLERS }, (_, index) =>
        call(server.url + paths[index % paths.length]!, outcomes),
      );
      await eventually(() => expect(outcomes.length).toBeGreaterThan(3 * CALLERS));
      const kept = await fetch(`${server.url}/health/live`);
      const [, seconds] = /timeout=(\d+)/.exec(kept.headers.get('keep-alive') ?? '') ?? [];
      // The usual load balancers keep an idle connection for 60 s.
      expect(Number(seconds)).toBeGreaterThan(60);
      const stopped = server.stop();
      const during = await untilNotReady(server.url);
      const status = await stopped;
      await Promise.all(calls);
      expect(status).toBe(0);
      expect({ status: during.status, connection: during.headers.get('connection') }).toEqual({
        status: 503,
        connection: 'close',
      });
      expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual([]);
      expect(outcomes.filter((outcome) => (outcome as Answer).status !== 200)).toEqual([]);
      expect(outcomes.filter((outcome) => (outcome as Answer).isClosing)).toHaveLength(CALLERS);
    },
  );
});

describe('an error that no code handles', () => {
  beforeAll(start);
  afterAll(stop);

  it('stops a process in the same order, with status 1', async () => {
    const ends = [processes.api, processes.auth].map(async (server) => {
      const outcomes: (Answer | string)[] = [];
      const calls = Array.from({ length: CALLERS }, () =>
        call(`${server.url}/health/live`, outcomes),
      );
      await eventually(() => expect(outcomes.length).toBeGreaterThan(CALLERS));
      server.signal('SIGUSR2');
      await Promise.all(calls);
      await eventually(() => expect(server.exitCode).toBe(1));
      expect(outcomes.filter((outcome) => typeof outcome === 'string')).toEqual([]);
      const lines = server.log.split('\n').filter((line) => line.includes('an error of a test'));
      expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
        'unexpected error',
      ]);
    });
    await Promise.all(ends);
  });
});

describe('a stop while no other part answers', () => {
  it('ends in time with 0: no step takes the time of the whole stop', async () => {
    // A stop that exceeds its time ends with 1.
    expect(await hungStop).toEqual([0, 0]);
  });

  it('does not wait for the database to confirm the end of a connection', async () => {
    await expect(hung.connection.end()).resolves.toBeUndefined();
  });
});
