import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import {
  ask,
  Cluster,
  fetchKeyIds,
  fetchToken,
  kidOf,
  showFigures,
  startAuthServer,
  until,
} from '../token/cluster';
import { linkTo } from '../support/auth-server/database-link';

/** The shortest life of a token of two seconds, with the tolerance of the API for clocks. */
const USABLE_MS = 6_000;

const OTHER_SECRET = 'quite another secret of more than 32 characters';

/** Between two requests of a caller. */
const PAUSE_MS = 10;

let cluster: Cluster;

afterAll(() => cluster.stop());

/** Calls the API with tokens of both auth servers, and records the responses. */
class Load {
  readonly statuses: Record<number, number> = {};
  /** When each key was first seen as the signing key, in the order in which they were seen. */
  readonly signing = new Map<string, number>();
  /** When the last token that each key signed was requested. */
  readonly lastAsked = new Map<string, number>();
  /** Seconds since 1970 of the first seen token of each key, by the clock of the host. */
  readonly issued = new Map<string, number>();
  /** When each key was first seen in a key set. */
  readonly published = new Map<string, number>();
  private readonly ending = new AbortController();
  private readonly work: Promise<void>[];

  constructor(callers: number) {
    this.work = [this.watch(), ...Array.from({ length: callers }, () => this.call())];
  }

  async end(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.work);
  }

  private async call(): Promise<void> {
    const { replicas } = cluster.system;
    for (let turn = 0; !this.ending.signal.aborted; turn += 1) {
      const asked = performance.now();
      const token = await cluster.token(cluster.authUrls[turn % 2]);
      const kid = kidOf(token);
      if (!this.signing.has(kid)) this.signing.set(kid, performance.now());
      this.issued.set(kid, Math.min(decodeJwt(token).iat!, this.issued.get(kid) ?? Infinity));
      this.lastAsked.set(kid, Math.max(asked, this.lastAsked.get(kid) ?? 0));
      // A token ends after two seconds, also while this process waits for the processor.
      for (let count = 0; count < 20 && performance.now() < asked + 1_000; count += 1) {
        await sleep(PAUSE_MS);
        const status = await ask(replicas[(turn + count) % replicas.length]!.url, token);
        if (performance.now() > asked + USABLE_MS) continue;
        this.statuses[status] = (this.statuses[status] ?? 0) + 1;
      }
    }
  }

  private async watch(): Promise<void> {
    while (!this.ending.signal.aborted) {
      for (const kid of await fetchKeyIds(cluster.second.url)) {
        if (!this.published.has(kid)) this.published.set(kid, performance.now());
      }
      await sleep(25);
    }
  }
}

describe('a rotation, with two auth servers and three replicas of the API under load', () => {
  const ROTATION_S = 6;

  beforeAll(async () => {
    const env = { JWKS_ROTATION: `${ROTATION_S}s`, JWKS_GRACE: '3s', JWT_TTL: '2s' };
    cluster = await Cluster.start({ replicas: 3, env });
  });

  it('refuses no token, creates one key, publishes it in advance, and removes the old one', async () => {
    const load = new Load(6);
    const { signing, issued, lastAsked, published, statuses } = load;
    await until(() => signing.size > 0);
    const [first] = signing.keys();
    await until(async () => signing.size > 1 && !(await cluster.keyIds()).includes(first!));
    await load.end();
    const signers = [...signing.keys()];
    const made = await cluster.system.query<{ id: string; seconds: number }>(
      'SELECT id, extract(epoch FROM created_at)::float8 AS seconds FROM jwks ORDER BY 2',
    );
    const second = made.find(({ id }) => id === signers[1])!;
    const aheadMs = signing.get(signers[1]!)! - published.get(signers[1]!)!;
    showFigures(
      `rotation under load: answers ${JSON.stringify(statuses)}; ${signers.length} keys signed; ` +
        `the second was published ${(aheadMs / 1_000).toFixed(1)} s before`,
    );
    expect(Object.keys(statuses)).toEqual(['200']);
    expect(statuses[200]).toBeGreaterThan(20);
    expect(aheadMs).toBeGreaterThan(0);
    // The claim has whole seconds. What is seen late makes the difference larger.
    expect(issued.get(second.id)! - second.seconds).toBeGreaterThan(ROTATION_S / 2 - 1.5);
    // One after another: both auth servers stop to sign with a key when they use the next one.
    signers.slice(1).forEach((kid, index) => {
      expect(lastAsked.get(signers[index]!)).toBeLessThan(signing.get(kid)! + 1_000);
    });
    // And each at its time.
    made.slice(1).forEach(({ seconds }, index) => {
      expect(seconds - made[index]!.seconds).toBeGreaterThan(ROTATION_S * 0.7);
    });
  });
});

describe('the keys', () => {
  beforeAll(async () => {
    await cluster.stop();
    cluster = await Cluster.start({ replicas: 1 });
  });

  it('are created once when twenty parallel requests ask both auth servers for a token', async () => {
    await cluster.system.query('DELETE FROM jwks');
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, index) => cluster.token(cluster.authUrls[index % 2])),
    );
    expect(new Set(tokens.map(kidOf)).size).toBe(1);
    expect(await cluster.keyIds()).toHaveLength(1);
  });

  it('are cacheable for one minute; other responses are not', async () => {
    for (const url of [cluster.second.url, cluster.system.apiUrl]) {
      const { headers } = await fetch(`${url}/api/auth/jwks`);
      expect(headers.get('cache-control')).toBe('public, max-age=60, must-revalidate');
    }
    for (const path of ['token', 'jwks/x', 'get-session']) {
      const { headers } = await fetch(`${cluster.second.url}/api/auth/${path}`);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('survive a change of the secret: old tokens verify, new ones have a new key', async () => {
    const { settings } = cluster.system;
    const old = await cluster.token();
    const third = await startAuthServer({ ...settings, betterAuthSecret: OTHER_SECRET });
    try {
      // The user's session token is signed with the old secret, and ends with it.
      const sessionToken = await cluster.unsignedSessionToken();
      const token = await fetchToken(third.url, sessionToken);
      expect(await cluster.keyIds()).toEqual([kidOf(old), kidOf(token)]);
      expect(await cluster.askAll(old)).toEqual([200]);
      expect(await cluster.askAll(token)).toEqual([200]);
      // Auth servers with the old secret continue with the old key.
      expect(kidOf(await cluster.token())).toBe(kidOf(old));
      expect(kidOf(await fetchToken(third.url, sessionToken))).toBe(kidOf(token));
      expect(await cluster.keyIds()).toEqual([kidOf(old), kidOf(token)]);
      await until(() => third.log.some((line) => line.includes('another BETTER_AUTH_SECRET')));
      expect(new Set(await fetchKeyIds(third.url))).toEqual(new Set([kidOf(old), kidOf(token)]));
    } finally {
      await third.stop();
    }
  });

  it('are maintained again after a database outage, which is logged once', async () => {
    const { settings } = cluster.system;
    const link = await linkTo(settings.databaseUrl);
    const third = await startAuthServer({
      ...settings,
      databaseUrl: link.url,
      jwksRotation: 2_000,
      // A separate one, so that no other test creates its keys.
      betterAuthSecret: `${OTHER_SECRET}, and a third one`,
    });
    try {
      await link.cut();
      const failures = () => third.log.filter((line) => /"signing-keys".*a job fails/.test(line));
      await until(() => failures().length > 0);
      // Longer than a key with two seconds signs.
      await sleep(2_500);
      const before = await cluster.keyIds();
      await link.restore();
      await until(async () => (await cluster.keyIds()).length > before.length);
      expect(failures()).toHaveLength(1);
      await fetchToken(third.url, await cluster.unsignedSessionToken());
    } finally {
      await third.stop();
      await link.cut();
    }
  });
});
