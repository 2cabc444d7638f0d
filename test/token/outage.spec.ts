import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './cluster';
import { startTokenBench, type TokenBench } from './token-bench';
import { Caller } from '../support/caller';
import { loadNatively } from '../support/native/load';
import { expectProblem } from '../support/problems';

type KeySetModule = typeof import('../../src/auth/token/key-set');

const { KeySet } = loadNatively('src/auth/token/key-set') as KeySetModule;

const ME = '/api/v1/users/me';

let bench: TokenBench;

afterEach(() => bench.stop());

function call(token: string, path = ME) {
  return new Caller(bench.apiUrl, token).get<Record<string, never>>(path);
}

async function start(options: { published: boolean }): Promise<void> {
  bench = await startTokenBench('RS256', { now: Math.floor(Date.now() / 1_000), ...options });
}

describe('while the auth server is unavailable', () => {
  it('tokens of known keys are accepted, cached or not', async () => {
    await start({ published: true });
    const { key, nextKey, claims } = bench.kit;
    const seen = await key.sign(claims);
    await until(async () => (await call(seen)).status === 200);
    await bench.jwks.stop();
    // Ten times the time of a background fetch.
    for (let minute = 0; minute < 10; minute += 1) {
      await bench.app.get(KeySet).refresh();
      const fresh = await key.sign({ ...claims, jti: minute });
      const answers = await Promise.all([
        call(seen),
        call(fresh),
        call(await nextKey.sign({ ...claims, jti: minute })),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    }
    expectProblem(await call(await bench.kit.strangeKey.sign(claims)), 'keys_unavailable');
    const ready = await new Caller(bench.apiUrl).get<never>('/health/ready');
    expect(ready).toMatchObject({
      status: 200,
      body: {
        status: 'ok',
        checks: {
          signingKeys: { status: 'ok', ageSeconds: expect.any(Number) },
          authServer: { status: 'unavailable' },
        },
      },
    });
  });

  it('a cold start returns 503 with Retry-After for possibly valid tokens', async () => {
    await start({ published: false });
    await bench.jwks.stop();
    const { key, strangeKey, claims } = bench.kit;
    const token = await key.sign(claims);
    const answers = [
      await call(token),
      await call(await strangeKey.sign(claims)),
      await call(await key.sign({ ...claims, exp: 1 })),
    ];
    for (const answer of answers) {
      expectProblem(answer, 'keys_unavailable');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('www-authenticate')).toBeNull();
    }
    // A malformed token is refused without a key.
    expectProblem(await call('not-a-token'), 'invalid_token');
    expectProblem(await new Caller(bench.apiUrl).get(ME), 'missing_token');
    const ready = await new Caller(bench.apiUrl).get<never>('/health/ready');
    expect(ready).toMatchObject({
      status: 503,
      body: { checks: { signingKeys: { status: 'unavailable', ageSeconds: null } } },
    });
  });

  it('a cold start recovers when the auth server starts', async () => {
    await start({ published: false });
    await bench.jwks.stop();
    const token = await bench.kit.key.sign(bench.kit.claims);
    expect((await call(token)).status).toBe(503);
    await sleep(100);
    bench.publish();
    await bench.jwks.resume();
    await until(async () => (await call(token)).status === 200);
  });
});
