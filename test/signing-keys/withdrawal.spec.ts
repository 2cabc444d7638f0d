import type { AddressInfo } from 'node:net';
import { ask, Cluster, fetchKeyIds, kidOf, showFigures, until } from '../token/cluster';
import { createLogger } from '../../runtime/logger';
import type { Settings } from '../../runtime/settings/load';
import { Caller } from '../support/caller';
import { createApi } from '../support/native/api';
import { startExtraReplica } from '../support/processes/extra-replica';
import { TcpProxy } from '../support/servers/tcp-proxy';

const OTHER_SECRET = 'quite another secret of more than 32 characters';
const LEASE_MS = 5_000;

let cluster: Cluster;

/** The keys whose tokens other backends refuse. */
async function withdrawnKeys(): Promise<string[]> {
  const rows = await cluster.system.query<{ id: string }>(
    `SELECT data ->> 'keyId' AS id FROM access_event WHERE kind = 'key-withdrawn' ORDER BY access_event.id`,
  );
  return rows.map(({ id }) => id);
}

afterAll(() => cluster.stop());

describe('a withdrawn key', () => {
  beforeAll(async () => {
    cluster = await Cluster.start({ replicas: 3, env: { ACCESS_LEASE: `${LEASE_MS}ms` } });
  });

  it('is refused by every replica within the lease, and its successor is accepted at once', async () => {
    const old = await cluster.token();
    expect(await cluster.askAll(old)).toEqual([200, 200, 200]);
    const output = await cluster.command(['revoke', kidOf(old)]);
    const revokedAt = performance.now();
    const next = await cluster.token();
    const nextAnswers = await cluster.askAll(next);
    await until(async () => (await cluster.askAll(old)).every((status) => status === 401));
    const tookMs = performance.now() - revokedAt;
    showFigures(`withdrawn key: refused by three replicas within ${tookMs.toFixed(0)} ms`);
    expect(tookMs).toBeLessThan(LEASE_MS);
    expect(nextAnswers).toEqual([200, 200, 200]);
    expect(await cluster.keyIds()).toEqual([kidOf(next)]);
    expect(output).toBe(
      `Key ${kidOf(old)} (signing) is withdrawn: tokens that it signed are refused.\n` +
        `Key ${kidOf(next)} signs from now on.`,
    );
    expect(kidOf(await cluster.token(cluster.authUrls[0]))).toBe(kidOf(next));
  });

  it('is refused within the lease also by a replica without notifications', async () => {
    const { settings } = cluster.system;
    // Without notifications, as behind a pooler in transaction mode.
    const deaf = { ...settings, databaseDirectUrl: 'postgres://nobody@127.0.0.1:9/nothing' };
    const app = await createApi(deaf, createLogger('api', 'silent'));
    await app.listen(0, '127.0.0.1');
    const url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    try {
      const old = await cluster.token();
      await until(async () => (await ask(url, old)) === 200);
      await cluster.command(['revoke', kidOf(old)]);
      const revokedAt = performance.now();
      await until(async () => (await ask(url, old)) === 401);
      const tookMs = performance.now() - revokedAt;
      showFigures(
        `withdrawn key: refused by a replica that hears nothing after ${tookMs.toFixed(0)} ms`,
      );
      expect(tookMs).toBeLessThan(LEASE_MS);
    } finally {
      await app.close();
    }
  });

  it('is refused within the lease, also without an auth server', async () => {
    const old = await cluster.token();
    expect(await cluster.askAll(old)).toEqual([200, 200, 200]);
    await cluster.system.stopAuthServer();
    await cluster.command(['revoke', kidOf(old)]);
    const revokedAt = performance.now();
    await until(async () => !(await cluster.askAll(old)).includes(200));
    expect(performance.now() - revokedAt).toBeLessThan(LEASE_MS);
    await cluster.system.startAuthServer();
    await until(async () => (await cluster.askAll(old)).every((status) => status === 401));
    expect(await cluster.askAll(await cluster.token())).toEqual([200, 200, 200]);
  });

  it.each(['live', 'strict'])(
    'is refused within the lease by a replica in the mode %s whose auth server is silent',
    async (mode) => {
      const { settings } = cluster.system;
      const proxy = await TcpProxy.before(settings.authInternalUrl);
      const authInternalUrl = new URL(proxy.via(settings.authInternalUrl)).origin;
      const accessCheck = mode as Settings['accessCheck'];
      const replica = await startExtraReplica({ ...settings, authInternalUrl, accessCheck });
      try {
        const old = await cluster.token();
        await until(async () => (await ask(replica.url, old)) === 200);
        proxy.blackHole();
        await cluster.command(['revoke', kidOf(old)]);
        const revokedAt = performance.now();
        await until(async () => (await ask(replica.url, old)) !== 200);
        expect(performance.now() - revokedAt).toBeLessThan(LEASE_MS);
        const next = await cluster.token();
        // It may be valid: the replica has no key for it.
        expect(await ask(replica.url, next)).toBe(503);
        expect(await cluster.askAll(next)).toEqual([200, 200, 200]);
        const { status, body } = await new Caller(replica.url).get('/health/ready');
        const unavailable = { status: 'unavailable' };
        const checks = { authServer: unavailable, signingKeys: unavailable };
        expect([status, body]).toMatchObject([503, { checks }]);
        await proxy.restore();
        await until(async () => (await ask(replica.url, next)) === 200);
      } finally {
        await replica.app.close();
        await proxy.cut();
      }
    },
  );
});

describe('npm run keys:rotate', () => {
  beforeAll(async () => {
    await cluster.stop();
    cluster = await Cluster.start({ replicas: 1 });
  });

  it('publishes a key that signs after verifiers had time to fetch it', async () => {
    const [old] = await cluster.keyIds();
    const output = await cluster.command(['rotate']);
    const [, coming] = await cluster.keyIds();
    expect(output).toBe(
      `Key ${coming} is published.\n` +
        'It signs in 10 min: until then, verifiers have time to fetch it.\n' +
        'The key before it stays published for 30 days after that.',
    );
    expect(new Set(await fetchKeyIds(cluster.second.url))).toEqual(new Set([old, coming]));
    expect(kidOf(await cluster.token())).toBe(old);
    await elevenMinutesLater();
    const token = await cluster.token();
    expect(kidOf(token)).toBe(coming);
    expect(await cluster.askAll(token)).toEqual([200]);
    expect(await cluster.askAll(cluster.user.accessToken)).toEqual([200]);
    expect(await withdrawnKeys()).toEqual([]);
  });

  it('refuses another secret than that of the auth servers', async () => {
    const before = await cluster.keyIds();
    const rotated = cluster.command(['rotate'], { betterAuthSecret: OTHER_SECRET });
    await expect(rotated).rejects.toThrow('encrypted with another BETTER_AUTH_SECRET');
    expect(await cluster.keyIds()).toEqual(before);
  });

  /** As if all rows were that much older. */
  async function elevenMinutesLater(): Promise<void> {
    await cluster.system.query(
      `UPDATE jwks SET created_at = created_at - interval '11 min',
                       expires_at = expires_at - interval '11 min'`,
    );
  }
});

describe('npm run keys:revoke', () => {
  it('makes the next key sign when the signing key is withdrawn', async () => {
    await cluster.command(['rotate']);
    const signer = kidOf(await cluster.token());
    const coming = (await cluster.keyIds()).at(-1)!;
    const output = await cluster.command(['revoke', signer]);
    expect(output).toContain(`Key ${coming} signs from now on.`);
    expect(await withdrawnKeys()).toEqual([signer]);
    expect(kidOf(await cluster.token())).toBe(coming);
  });

  it('withdraws an old key, and changes nothing else', async () => {
    const signer = kidOf(await cluster.token());
    const old = (await cluster.keyIds()).find((id) => id !== signer)!;
    const output = await cluster.command(['revoke', old]);
    expect(output).toBe(
      `Key ${old} (published) is withdrawn: tokens that it signed are refused.\n` +
        `Key ${signer} signs, as before.`,
    );
    expect(await cluster.keyIds()).toEqual([signer]);
  });

  it('withdraws also with another secret: the auth servers create the next key', async () => {
    const old = kidOf(await cluster.token());
    const output = await cluster.command(['revoke', old], { betterAuthSecret: OTHER_SECRET });
    expect(output).toContain('The auth servers make a key when they need one.');
    // The job of an auth server may have made the next key already.
    expect(await cluster.keyIds()).not.toContain(old);
    const token = await cluster.token();
    expect(await cluster.keyIds()).toEqual([kidOf(token)]);
    await until(async () => (await cluster.askAll(token)).every((status) => status === 200));
  });

  it.each([
    [['revoke', 'made-up'], 'There is no key made-up.\nThe keys are:\n  {} (signing)'],
    [['revoke'], 'npm run keys:revoke -- <kid>'],
    [['revoke', ''], 'Usage'],
    [['revoke', 'a', 'b'], 'Usage'],
    [['rotate', 'now'], 'Usage'],
    [['list'], 'Usage'],
    [[], 'Usage'],
  ])('explains its usage for %j, and changes nothing', async (args, message) => {
    const before = await cluster.keyIds();
    await expect(cluster.command(args)).rejects.toThrow(message.replace('{}', before[0]!));
    expect(await cluster.keyIds()).toEqual(before);
  });
});
