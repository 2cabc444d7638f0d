import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { RateLimit } from '../../src/auth/rate-limit/rate-limit';
import { SharedCounters } from '../../src/auth/rate-limit/shared-counters';
import type { ApiSettings } from '../../src/config/api-settings';
import { eventually } from '../support/eventually';
import { findRedis, type RedisServer, startRedis } from '../support/servers/redis-server';

const LIMIT = { name: 'test', quota: 3, windowSeconds: 60 };

async function countUp(limit: RateLimit, caller: string, times: number) {
  const states = [];
  for (let index = 0; index < times; index += 1) states.push(await limit.count(caller));
  return states.map(({ isAllowed, remaining }) => [isAllowed, remaining]);
}

describe('counters of one replica', () => {
  it('allow the quota in a window, and no more', async () => {
    const limit = new RateLimit({ ...LIMIT, redis: null });
    expect(await countUp(limit, 'ada', 5)).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
      [false, 0],
    ]);
    expect(await countUp(limit, 'eve', 1)).toEqual([[true, 2]]);
  });

  it('begin again after the window, and state its end', async () => {
    const limit = new RateLimit({ ...LIMIT, windowSeconds: 1, redis: null });
    await countUp(limit, 'ada', 4);
    const { resetSeconds } = await limit.count('ada');
    expect(resetSeconds).toBe(1);
    await pause(1_100);
    expect(await countUp(limit, 'ada', 1)).toEqual([[true, 2]]);
  });

  it('have a bounded number, for any number of callers', async () => {
    const limit = new RateLimit({ ...LIMIT, quota: 1, redis: null });
    let refused = 0;
    // One more caller than counters: at least two share one.
    for (let index = 0; index <= 65_536; index += 1) {
      if (!(await limit.count(`caller ${index}`)).isAllowed) refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('are rarely shared', async () => {
    const limit = new RateLimit({ ...LIMIT, quota: 1, redis: null });
    let refused = 0;
    for (let index = 0; index < 1_000; index += 1) {
      if (!(await limit.count(`caller ${index}`)).isAllowed) refused += 1;
    }
    // Seven or eight pairs are expected.
    expect(refused).toBeLessThan(40);
  });
});

const redisPath = findRedis();
if (redisPath === null) {
  process.stderr.write('NOT TESTED: limits of the API in Redis: there is no redis-server here.\n');
}

(redisPath === null ? describe.skip : describe)('counters in Redis', () => {
  let redis: RedisServer;
  let replicas: SharedCounters[];
  let limits: RateLimit[];

  beforeAll(async () => {
    redis = await startRedis(redisPath!);
    const settings = { redisUrl: redis.url, rateLimits: { quotas: 1, guesses: 1 } } as ApiSettings;
    replicas = [new SharedCounters(settings), new SharedCounters(settings)];
    limits = replicas.map((replica) => new RateLimit({ ...LIMIT, redis: replica.redis }));
    await Promise.all(replicas.map((replica) => once(replica.redis!, 'ready')));
  });

  afterAll(async () => {
    for (const replica of replicas) replica.onApplicationShutdown();
    await redis.stop();
  });

  it('are shared by all replicas', async () => {
    // On a busy host, an answer can take longer than the limit of 250 ms: the replica counts alone.
    await eventually(async () => {
      const caller = randomUUID();
      expect(await countUp(limits[0]!, caller, 2)).toEqual([
        [true, 2],
        [true, 1],
      ]);
      expect(await countUp(limits[1]!, caller, 2)).toEqual([
        [true, 0],
        [false, 0],
      ]);
    });
  });

  it('are kept by each replica alone while Redis is unavailable', async () => {
    await redis.stop();
    await eventually(() => expect(replicas[0]!.redis!.status).not.toBe('ready'));
    const caller = randomUUID();
    for (const limit of limits) {
      expect((await countUp(limit, caller, 4)).map(([isAllowed]) => isAllowed)).toEqual([
        true,
        true,
        true,
        false,
      ]);
    }
  });

  it('have a bounded number while Redis is unavailable', async () => {
    const limit = new RateLimit({ ...LIMIT, quota: 1, redis: replicas[0]!.redis });
    let refused = 0;
    // One more caller than counters: at least two share one.
    for (let index = 0; index <= 65_536; index += 1) {
      if (!(await limit.count(`caller ${index}`)).isAllowed) refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
  });
});

it('use no connection without REDIS_URL, and with limits off', () => {
  const off = [
    { redisUrl: null, rateLimits: { quotas: 1, guesses: 1 } },
    { redisUrl: 'redis://127.0.0.1:1', rateLimits: null },
  ];
  for (const settings of off) expect(new SharedCounters(settings as ApiSettings).redis).toBeNull();
});
