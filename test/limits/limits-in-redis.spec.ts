import { Redis } from 'ioredis';
import { LimitsCluster, PASSWORD } from './limits-cluster';
import { findRedis, startRedis, type RedisServer } from '../support/servers/redis-server';

const REDIS = findRedis();
if (REDIS === null) {
  process.stderr.write('NOT TESTED: auth servers with Redis, because there is no redis-server.\n');
}

(REDIS === null ? describe.skip : describe)('two auth servers with Redis', () => {
  let redis: RedisServer;
  let cluster: LimitsCluster;
  const email = 'ada@example.com';

  beforeAll(async () => {
    redis = await startRedis(REDIS!);
    cluster = await LimitsCluster.start(2, { REDIS_URL: redis.url });
    await cluster.signUp(email);
  });
  afterAll(async () => {
    await cluster?.stop();
    await redis?.stop();
  });

  /** Alternates between both. Alone, each of them would check six. */
  async function guessAtBoth(times: number, from: string): Promise<number[]> {
    const statuses: number[] = [];
    for (let index = 0; index < times; index += 1) {
      statuses.push(...(await cluster.guess(email, 1, { server: index % 2, from })));
    }
    return statuses;
  }

  it('count guesses together, and write nothing to PostgreSQL', async () => {
    const statuses = await guessAtBoth(12, '192.0.2.1');
    expect(statuses.slice(0, 6)).toEqual(Array(6).fill(401));
    expect(statuses).toContain(429);
    expect((await cluster.sql.query('SELECT key FROM rate_limit')).rows).toEqual([]);
  });

  it('write keys that expire', async () => {
    const client = new Redis(redis.url);
    const keys = await client.keys('gatehouse:auth:*');
    const lifetimes = await Promise.all(keys.map((key) => client.ttl(key)));
    client.disconnect();
    expect(keys).not.toEqual([]);
    expect(lifetimes).not.toContain(-1);
  });

  it('count alone when it is killed, and respond as before', async () => {
    await redis.stop();
    const statuses = await guessAtBoth(12, '192.0.2.2');
    expect(statuses).toEqual(Array(12).fill(401));
    expect(await guessAtBoth(10, '192.0.2.2')).toContain(429);
    await cluster.signIn(email, PASSWORD, { from: '192.0.2.3' }).expect(200);
    const losses = cluster.log.filter((line) => line.includes('shared limits are unavailable'));
    expect(losses).toHaveLength(2);
  });
});
