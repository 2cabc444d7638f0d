import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { KeySetBench, TIMING, until } from './key-set-bench';
import { sayJson } from '../support/servers/jwks-server';
import { SigningKey } from '../support/signing-key';
import type { VerificationKey } from '../../src/auth/token/verification-key';

const bench = new KeySetBench();

const hang = () => {};

describe('a valid set', () => {
  it('is fetched at the start, and again in the background', async () => {
    await bench.start({ refreshMs: 50 });
    bench.server.publish([bench.nextKey.jwk]);
    await until(() => bench.keySet.get(bench.key.kid) === null);
    expect(bench.keySet.get(bench.nextKey.kid)).not.toBeNull();
  });

  it('keeps the objects of unchanged keys', async () => {
    await bench.start();
    const before = bench.keySet.get(bench.key.kid);
    await bench.keySet.refresh();
    expect(bench.keySet.get(bench.key.kid)).toBe(before);
  });

  it('reports removed keys, also a replaced key with the same id', async () => {
    await bench.start();
    const left: VerificationKey[] = [];
    bench.keySet.onLeave((gone) => left.push(gone));
    const [first, second] = [
      bench.keySet.get(bench.key.kid)!,
      bench.keySet.get(bench.nextKey.kid)!,
    ];
    bench.server.publish([new SigningKey({ kid: bench.key.kid }).jwk]);
    await bench.keySet.refresh();
    expect(left).toEqual([first, second]);
    expect([bench.keySet.holds(first), bench.keySet.holds(second)]).toEqual([false, false]);
    expect(bench.keySet.get(bench.key.kid)).not.toBeNull();
  });

  it.each([
    ['no key', []],
    ['keys of another kind alone', [new SigningKey({ alg: 'ES256' }).jwk]],
  ])('can be %s: every key is withdrawn, and requests get 503', async (_title, keys) => {
    await bench.start();
    bench.server.publish(keys);
    await bench.keySet.refresh();
    expect(bench.keySet.get(bench.key.kid)).toBeNull();
    expect(bench.keySet.ageMs()).toBeNull();
    await expect(bench.keySet.find(bench.key.kid)).rejects.toMatchObject({
      code: 'keys_unavailable',
    });
  });
});

describe('an auth server that is not available at the start', () => {
  const warnings: unknown[] = [];

  beforeEach(() => {
    warnings.length = 0;
    const ignore = () => {};
    Logger.overrideLogger({ log: ignore, error: ignore, warn: (text) => warnings.push(text) });
    bench.server.answer = (response) => response.writeHead(503).end();
  });

  afterEach(() => Logger.overrideLogger(false));

  it('is no warning when it starts beside the API', async () => {
    bench.begin({ startMs: 60_000 });
    await until(() => bench.server.fetches > 3);
    bench.server.publish(bench.published);
    await until(() => bench.keySet.get(bench.key.kid) !== null);
    expect(warnings).toEqual([]);
  });

  it('is one warning when it stays away', async () => {
    bench.begin({ startMs: 200 });
    await until(() => warnings.length > 0);
    const { fetches } = bench.server;
    expect(fetches).toBeGreaterThan(1);
    await until(() => bench.server.fetches > fetches + 3);
    expect(warnings).toEqual([expect.stringContaining('no token can be verified')]);
  });
});

describe('an unknown key id', () => {
  it('costs one fetch in a cool-down, for any number of requests', async () => {
    await bench.start({ refreshMs: 60_000 });
    const ask = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => bench.keySet.find(`made-up-${index}`)),
      );
    await sleep(TIMING.coolDownMs);
    const [before, began] = [bench.server.fetches, performance.now()];
    /** One, on a host that is not busy. */
    const most = () => 1 + Math.floor((performance.now() - began) / TIMING.coolDownMs);
    expect(new Set(await ask(1_000))).toEqual(new Set([null]));
    expect(bench.server.fetches - before).toBeGreaterThan(0);
    await ask(1_000);
    expect(bench.server.fetches - before).toBeLessThanOrEqual(most());
    await sleep(TIMING.coolDownMs);
    await ask(1_000);
    expect(bench.server.fetches - before).toBeGreaterThan(1);
    expect(bench.server.fetches - before).toBeLessThanOrEqual(most());
  });

  it('is found when the auth server has published it since', async () => {
    await bench.start({ refreshMs: 60_000 });
    const newKey = new SigningKey();
    bench.server.publish([...bench.published, newKey.jwk]);
    await sleep(TIMING.coolDownMs);
    const found = await Promise.all(
      Array.from({ length: 50 }, () => bench.keySet.find(newKey.kid)),
    );
    expect(found).toEqual(Array(50).fill(expect.objectContaining({ keyId: newKey.kid })));
  });

  it('does not delay callers with a known one, while the auth server hangs', async () => {
    await bench.start({ refreshMs: 60_000, timeoutMs: 400 });
    await sleep(TIMING.coolDownMs);
    bench.server.answer = hang;
    const unknown = bench.keySet.find('made-up');
    let ended = false;
    const end = () => (ended = true);
    unknown.then(end, end);
    for (let count = 0; count < 100; count += 1) {
      expect(await bench.keySet.find(bench.key.kid)).not.toBeNull();
    }
    expect(ended).toBe(false);
    await expect(unknown).rejects.toMatchObject({ code: 'keys_unavailable' });
  });

  it('is not refused as unknown while the last fetch failed', async () => {
    await bench.start({ refreshMs: 60_000 });
    await bench.server.stop();
    await bench.keySet.refresh();
    await expect(bench.keySet.find('made-up')).rejects.toMatchObject({ code: 'keys_unavailable' });
    expect(await bench.keySet.find(bench.key.kid)).not.toBeNull();
  });

  it('is fetched soon after the auth server is back, without the cool-down', async () => {
    await bench.start({ refreshMs: 60_000, retryMs: 60_000, coolDownMs: 60_000 });
    const newKey = new SigningKey();
    await bench.server.stop();
    await bench.keySet.refresh();
    bench.server.publish([...bench.published, newKey.jwk]);
    await bench.server.resume();
    let found: VerificationKey | null = null;
    while (found === null) found = await bench.keySet.find(newKey.kid).catch(() => null);
    expect(found.keyId).toBe(newKey.kid);
    expect(await bench.keySet.find('made-up')).toBeNull();
  });
});

describe('an announced change of the keys', () => {
  it('aborts the current fetch, which may be older than the change', async () => {
    await bench.start({ refreshMs: 60_000, timeoutMs: 5_000 });
    const late: ServerResponse[] = [];
    bench.server.answer = (response) => late.push(response);
    const first = bench.keySet.refresh();
    await until(() => late.length === 1);
    bench.server.publish([bench.nextKey.jwk]);
    const waiting = bench.keySet.find('made-up');
    await bench.keySet.refresh();
    expect(bench.keySet.get(bench.key.kid)).toBeNull();
    sayJson({ keys: bench.published })(late[0]!);
    await Promise.all([first, waiting]);
    await sleep(50);
    expect(bench.keySet.get(bench.key.kid)).toBeNull();
  });

  it('makes waiting callers wait for the next fetch', async () => {
    await bench.start({ refreshMs: 60_000, timeoutMs: 5_000, coolDownMs: 0 });
    const newKey = new SigningKey();
    bench.server.answer = hang;
    const found = bench.keySet.find(newKey.kid);
    bench.server.publish([newKey.jwk]);
    void bench.keySet.refresh();
    expect(await found).toMatchObject({ keyId: newKey.kid });
  });

  it('holds requests back until a read of the table that began after it', async () => {
    bench.table = [bench.key.kid, bench.nextKey.kid];
    await bench.start({ refreshMs: 60_000 });
    await bench.keySet.refresh();
    bench.table = null;
    bench.keySet.announce();
    const waiting = bench.keySet.untilRead();
    bench.keySet.announce();
    bench.table = [bench.nextKey.kid];
    await waiting;
    expect(bench.keySet.get(bench.key.kid)).toBeNull();
    expect(bench.keySet.untilRead()).toBeNull();
  });

  it('holds no request back for longer than a read of its state may take', async () => {
    await bench.start({ refreshMs: 60_000 });
    bench.table = null;
    bench.keySet.announce();
    await expect(bench.keySet.untilRead()).rejects.toMatchObject({ code: 'database_unavailable' });
  });

  it('is replaced by more frequent fetches while notifications do not arrive', async () => {
    await bench.start({ refreshMs: 60_000 });
    const { fetches } = bench.server;
    bench.keySet.setConnected(false);
    bench.server.publish([bench.nextKey.jwk]);
    await until(() => bench.keySet.get(bench.key.kid) === null);
    await until(() => bench.server.fetches >= fetches + 3);
    bench.keySet.setConnected(true);
    await bench.keySet.refresh();
    const ended = bench.server.fetches;
    await sleep(5 * TIMING.disconnectedRefreshMs);
    expect(bench.server.fetches).toBe(ended);
  });
});

describe('a key that is deleted from the table', () => {
  const timeoutMs = 10_000;

  beforeEach(async () => {
    bench.table = [bench.key.kid, bench.nextKey.kid];
    await bench.start({ timeoutMs });
    await bench.keySet.refresh();
    await sleep(5);
  });

  it.each([
    ['is not there', () => bench.server.stop()],
    ['hangs', async () => void (bench.server.answer = hang)],
  ])('is withdrawn at once although the auth server %s', async (_title, breakIt) => {
    await breakIt();
    bench.table = [bench.nextKey.kid];
    const began = performance.now();
    void bench.keySet.refresh();
    await until(() => bench.keySet.get(bench.key.kid) === null);
    expect(performance.now() - began).toBeLessThan(timeoutMs / 2);
    expect(bench.keySet.get(bench.nextKey.kid)).not.toBeNull();
  });

  it('stays withdrawn although a proxy still returns it', async () => {
    bench.table = [bench.nextKey.kid];
    await bench.keySet.refresh();
    await until(() => bench.keySet.get(bench.key.kid) === null);
    await bench.keySet.refresh();
    expect(bench.keySet.get(bench.key.kid)).toBeNull();
    expect(bench.keySet.get(bench.nextKey.kid)).not.toBeNull();
  });

  it('is withdrawn as soon as the table is readable again', async () => {
    bench.keySet.onApplicationShutdown();
    await bench.start({ refreshMs: 60_000, retryMs: 60_000 });
    await bench.server.stop();
    const ids = bench.table;
    bench.table = null;
    await bench.keySet.refresh();
    expect(ids).toContain(bench.key.kid);
    bench.table = [bench.nextKey.kid];
    await until(() => bench.keySet.get(bench.key.kid) === null);
    expect(bench.keySet.get(bench.nextKey.kid)).not.toBeNull();
  });

  it('stays valid as long as the table is unreadable', async () => {
    bench.table = null;
    await bench.server.stop();
    await bench.keySet.refresh();
    expect(bench.keySet.get(bench.key.kid)).not.toBeNull();
  });
});

it('is withdrawn only if it was in the table before', async () => {
  bench.table = [bench.key.kid];
  await bench.start();
  bench.table = [];
  await bench.keySet.refresh();
  await until(() => bench.keySet.get(bench.key.kid) === null);
  expect(bench.keySet.get(bench.nextKey.kid)).not.toBeNull();
});
