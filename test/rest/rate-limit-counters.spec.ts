import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { RateLimit } from '../../src/auth/rate-limit/rate-limit';
import { SharedCounters } from '../../src/auth/rate-limit/shared-counters';
import type { ApiSettings } from '../../src/config/api-settings';
import { eventually } from '../support/eventually';
import { findRedis, type RedisServer, startRedis } from '../support/redis-server';

const LIMIT = { name: 'test', quota: 3, windowSeconds: 60 };

async function countUp(limit: RateLimit, caller: string, times: number) {
  const states = [];
  for (let index = 0; index < times; index += 1) states.push(await limit.count(caller));
  return states.map(({ isAllowed, remaining }) => [isAllowed, remaining]);
}

describe('counters of one replica', () => {
  it('let the quota through in a window, and nothing more', async () => {
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

  it('begin anew when the window is over, and say when that is', async () => {
    const limit = new RateLimit({ ...LIMIT, windowSeconds: 1, redis: null });
    await countUp(limit, 'ada', 4);
    const { resetSeconds } = await limit.count('ada');
    expect(resetSeconds).toBe(1);
    await pause(1_100);
    expect(await countUp(limit, 'ada', 1)).toEqual([[true, 2]]);
  });

  it('are so many and no more, however many callers there are', async () => {
    const limit = new RateLimit({ ...LIMIT, quota: 1, redis: null });
    let refused = 0;
    // One more caller than counters: at least two of them share one.
    for (let index = 0; index <= 65_536; index += 1) {
      if (!(await limit.count(`caller ${index}`)).isAllowed) refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('are hardly ever shared by callers of an ordinary day', async () => {
    const limit = new RateLimit({ ...LIMIT, quota: 1, redis: null });
    let refused = 0;
    for (let index = 0; index < 1_000; index += 1) {
      if (!(await limit.count(`caller ${index}`)).isAllowed) refused += 1;
    }
    // Seven or eight pairs are to be expected.
    expect(refused).toBeLessThan(40);
  });
});

const program = findRedis();
if (program === null) {
  process.stderr.write('NOT TESTED: limits of the API in Redis: there is no redis-server here.\n');
}

(program === null ? describe.skip : describe)('counters in Redis', () => {
  let redis: RedisServer;
  let replicas: SharedCounters[];
  let limits: RateLimit[];

  beforeAll(async () => {
    redis = await startRedis(program!);
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

  it('are kept by each replica for itself while Redis is away', async () => {
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
});

it('has no connection without REDIS_URL, nor where limits are off', () => {
  const off = [
    { redisUrl: null, rateLimits: { quotas: 1, guesses: 1 } },
    { redisUrl: 'redis://127.0.0.1:1', rateLimits: null },
  ];
  for (const settings of off) expect(new SharedCounters(settings as ApiSettings).redis).toBeNull();
});
