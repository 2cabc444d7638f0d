import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { pino } from 'pino';
import { GrowingDelay } from '../../auth-server/limits/growing-delay';
import { createLimitStore, type LimitStore } from '../../auth-server/limits/limit-store';
import { WindowLimit } from '../../auth-server/limits/window-limit';
import { DATABASE_LIMITS } from '../../runtime/database/database-limits';
import { rememberTimeLimit, runInDatabaseScope } from '../../runtime/database/database-scope';
import { FaultState } from '../../runtime/fault-state';
import { connectRedis } from '../../runtime/redis';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { loadNatively } from '../support/native/load';
import { findRedis, type RedisServer, startRedis } from '../support/servers/redis-server';

const RULE = { name: 'guess', free: 3, window: 60, longest: 30 };

type Worker = typeof import('../support/native/worker-global');

/** Emits the warnings: a test has a copy of `process`. */
const { process: worker } = (loadNatively('test/support/native/worker-global') as Worker)
  .workerGlobal;

let log: string[] = [];
const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });

beforeEach(() => {
  log = [];
});

/** Sockets that this process opens from now on, until `stop`. */
function watchSockets() {
  const sockets: Socket[] = [];
  const note = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
  subscribe('net.client.socket', note);
  return { sockets, stop: () => unsubscribe('net.client.socket', note) };
}

/** The behavior of both stores. */
function itCountsTogether(open: () => LimitStore) {
  let stores: LimitStore[] = [];

  afterEach(() => {
    stores.forEach((store) => store.close());
    stores = [];
  });

  async function openTwo() {
    stores = [open(), open()];
    const limits = stores.map((store) => new GrowingDelay(store, RULE));
    let tries = 0;
    await eventually(async () => {
      // A server without a connection counts alone.
      const key = `try-${(tries += 1)}`;
      await limits[0]!.take(key);
      expect((await limits[1]!.take(key)).remaining).toBe(RULE.free - 2);
    });
    return limits as [GrowingDelay, GrowingDelay];
  }

  it('counts for both servers, and then allows one at a time', async () => {
    const [a, b] = await openTwo();
    const key = 'together';
    const verdicts = [await a.take(key), await b.take(key), await a.take(key), await b.take(key)];
    expect(verdicts.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [true, 0],
    ]);
    expect(await a.take(key)).toMatchObject({ isAllowed: false, reset: 1 });
    expect(await b.take(key)).toMatchObject({ isAllowed: false, reset: 1 });
  });

  it('allows no more under parallel requests', async () => {
    const [a, b] = await openTwo();
    const takes = Array.from({ length: 20 }, (_, index) => (index % 2 ? a : b).take('at once'));
    const allowed = (await Promise.all(takes)).filter(({ isAllowed }) => isAllowed);
    expect(allowed.length).toBeGreaterThanOrEqual(1);
    expect(allowed.length).toBeLessThanOrEqual(RULE.free + 1);
  });

  it('removes a successful attempt, and forgets', async () => {
    const [a, b] = await openTwo();
    for (let index = 0; index < 6; index += 1) {
      expect((await a.take('back')).isAllowed).toBe(true);
      await b.giveBack('back');
    }
    for (let index = 0; index < 4; index += 1) await a.take('forgotten');
    expect((await b.take('forgotten')).isAllowed).toBe(false);
    await b.forget('forgotten');
    expect(await a.take('forgotten')).toMatchObject({ isAllowed: true, remaining: 2 });
  });

  it('counts windows', async () => {
    await openTwo();
    const limits = stores.map(
      (store) => new WindowLimit(store, { name: 'w', most: 2, window: 60 }),
    );
    const verdicts = [
      await limits[0]!.take('x'),
      await limits[1]!.take('x'),
      await limits[0]!.take('x'),
    ];
    expect(verdicts.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false]);
    expect((await limits[1]!.take('y')).isAllowed).toBe(true);
  });
}

/** While the store is unavailable, a server counts alone. */
async function expectCountingAlone(store: LimitStore): Promise<void> {
  const limit = new GrowingDelay(store, RULE);
  const verdicts = [];
  for (let index = 0; index < 5; index += 1) verdicts.push(await limit.take('alone'));
  expect(verdicts.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, true, false]);
  // A connection that the other side has closed is lost when the next one gets no answer.
  const losses = () => log.filter((line) => line.includes('shared limits are unavailable'));
  await eventually(() => expect(losses()).toHaveLength(1));
}

describe('counters in PostgreSQL', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  itCountsTogether(() => createLimitStore({ config: { redisUrl: null }, pool, logger }));

  it('are kept by each server while the database is unavailable', async () => {
    const lost = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/nowhere' });
    const store = createLimitStore({ config: { redisUrl: null }, pool: lost, logger });
    await expectCountingAlone(store);
    store.close();
    await lost.end();
  });
});

describe('a statement that has no chance because of its own request', () => {
  const lost = new Pool({ connectionString: 'postgres://127.0.0.1:1/nowhere' });
  afterAll(() => lost.end());

  it('is no loss of the store; that of another request is', async () => {
    const store = createLimitStore({ config: { redisUrl: null }, pool: lost, logger });
    const limit = new GrowingDelay(store, RULE);
    const take = () => limit.take('one');
    await runInDatabaseScope(take, { limitMs: DATABASE_LIMITS.statement - 1 });
    await runInDatabaseScope(() => {
      rememberTimeLimit(new Error('a statement took too long'), false);
      return take();
    });
    expect(log).toEqual([]);
    await runInDatabaseScope(take);
    expect(log).toEqual([expect.stringContaining('shared limits are unavailable')]);
  });
});

const NOWHERE = 'redis://127.0.0.1:1';

const REDIS = findRedis();
if (REDIS === null) {
  process.stderr.write('NOT TESTED: limits in Redis, because there is no redis-server here.\n');
}

(REDIS === null ? describe.skip : describe)('counters in Redis', () => {
  let redis: RedisServer;
  const nothing = new Pool();

  beforeAll(async () => {
    redis = await startRedis(REDIS!);
  });
  afterAll(async () => {
    await redis.stop();
    await nothing.end();
  });

  const opened: LimitStore[] = [];
  afterEach(() => opened.splice(0).forEach((store) => store.close()));

  function openStore(redisUrl = redis.url): LimitStore {
    const store = createLimitStore({ config: { redisUrl }, pool: nothing, logger });
    opened.push(store);
    return store;
  }

  itCountsTogether(() =>
    createLimitStore({
      config: { redisUrl: redis.url },
      pool: nothing,
      logger,
      // A busy host needs longer than the limit of production: the servers would count alone.
      answerLimitMs: 30_000,
    }),
  );

  it('are kept by each server while Redis is silent, with one timeout', async () => {
    const [store, other] = [openStore(), openStore()];
    const [limit, seen] = [new GrowingDelay(store, RULE), new GrowingDelay(other, RULE)];
    await eventually(async () => {
      await limit.forget('before');
      await limit.take('before');
      expect((await seen.take('before')).remaining).toBe(RULE.free - 2);
    });
    other.close();
    redis.pause();
    const start = performance.now();
    const keys = Array.from({ length: 20 }, (_, index) => `silent-${index}`);
    for (const key of keys) expect((await limit.take(key)).remaining).toBe(RULE.free - 1);
    // A wait of 500 ms for each key takes twice as long.
    expect(performance.now() - start).toBeLessThan(keys.length * 250);
    await expectCountingAlone(store);
    redis.resume();
    await eventually(() => expect(log.join()).toContain('shared limits are available again'));
  });

  it('are kept by each server while Redis refuses writes, and the log says so once', async () => {
    const store = openStore();
    const limit = new GrowingDelay(store, RULE);
    await eventually(async () => expect((await limit.take('before')).isAllowed).toBe(true));
    const operator = new Redis(redis.url);
    await operator.replicaof('127.0.0.1', '1');
    await expectCountingAlone(store);
    await operator.replicaof('NO', 'ONE');
    operator.disconnect();
  });

  it('are shared again over a new connection, after Redis refused writes', async () => {
    const reports: string[] = [];
    const fault = new FaultState({
      began: (reason) => reports.push(reason),
      ended: () => reports.push('ended'),
    });
    const client = connectRedis({
      url: redis.url,
      answerLimitMs: 30_000,
      fault,
      refusedPauseMs: 20,
    });
    const operator = new Redis(redis.url);
    await eventually(async () => expect(await client.set('a', 1)).toBe('OK'));
    // ioredis answers this one by sending the script.
    await expect(client.evalsha('0'.repeat(40), 0)).rejects.toThrow('NOSCRIPT');
    expect(reports).toEqual([]);
    await operator.config('SET', 'maxmemory', '1');
    await expect(client.set('a', 1)).rejects.toThrow('OOM');
    // Each new connection is refused as well.
    let connections = 0;
    client.on('ready', () => (connections += 1));
    await eventually(() => expect(connections).toBeGreaterThan(1));
    expect(reports).toEqual([expect.stringContaining('OOM')]);
    await operator.config('SET', 'maxmemory', '0');
    await eventually(() => expect(reports.at(-1)).toBe('ended'));
    expect(await operator.ttl('gatehouse:accepts-writes')).not.toBe(-1);
    client.disconnect();
    operator.disconnect();
  });

  it('do not delay a stop while Redis hangs', async () => {
    const { sockets, stop } = watchSockets();
    const store = openStore();
    const limit = new GrowingDelay(store, RULE);
    await eventually(async () => expect((await limit.take('before')).isAllowed).toBe(true));
    const port = Number(new URL(redis.url).port);
    await eventually(() => expect(sockets.map(({ remotePort }) => remotePort)).toContain(port));
    stop();
    const connection = sockets.find(({ remotePort }) => remotePort === port)!;
    expect(connection.destroyed).toBe(false);
    redis.pause();
    store.close();
    // The other side never closes. By default the client waits two seconds for it.
    await eventually(() => expect(connection.destroyed).toBe(true), 1_000);
    redis.resume();
  });

  it('are kept within the range of timers while each server counts alone', async () => {
    const store = openStore(NOWHERE);
    const warnings: string[] = [];
    const note = ({ name }: Error) => void warnings.push(name);
    worker.on('warning', note);
    const days = { name: 'days', points: 1, duration: 90 * 86_400 };
    const counter = store.counter(days);
    await counter.set('set', 1, days.duration);
    await counter.consume('consumed');
    await sleep(50);
    expect(await counter.get('set')).not.toBeNull();
    expect(await counter.get('consumed')).not.toBeNull();
    worker.off('warning', note);
    expect(warnings).not.toContain('TimeoutOverflowWarning');
  });

  it('are kept by each server while Redis is unavailable', async () => {
    const store = openStore();
    const limit = new GrowingDelay(store, RULE);
    await eventually(async () => expect((await limit.take('before')).isAllowed).toBe(true));
    await redis.stop();
    await eventually(() => expect(log.join()).toContain('shared limits are unavailable'));
    await expectCountingAlone(store);
  });
});
