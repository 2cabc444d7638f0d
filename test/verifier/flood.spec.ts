import { randomUUID } from 'node:crypto';
import { Agent, get } from 'node:http';
import { showFigures, until } from './cluster';
import { startTokenBench, type TokenBench } from './token-bench';
import { encode } from '../support/signing-key';

const FLOOD = 5_000;
/** Good tokens, as many of them at once as of the flood. */
const ORDINARY = 1_000;
/** Requests of the flood that are under way at once. */
const WIDTH = 32;
/** In operation: the shortest time between two fetches that unknown key ids ask for. */
const COOL_DOWN_MS = 5_000;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let bench: TokenBench;

beforeAll(async () => {
  bench = await startTokenBench('RS256', { now: Math.floor(Date.now() / 1_000) });
  const token = await bench.kit.key.sign(bench.kit.claims);
  await until(async () => (await ask(token)) === 200);
});

afterAll(async () => {
  agent.destroy();
  await bench.stop();
});

function ask(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    get(`${bench.apiUrl}/api/v1/users/me`, { agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    }).on('error', reject);
  });
}

/** Sends each token once, so many at a time. */
async function flood(tokens: string[]): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  const left = tokens.values();
  const work = async () => {
    for (const token of left) {
      const status = await ask(token);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  return statuses;
}

interface Measured<T> {
  result: T;
  statuses: Set<number>;
  medianMs: number;
}

/** How long a valid caller waits while something else happens. */
async function beside<T>(work: Promise<T>): Promise<Measured<T>> {
  const { key, claims } = bench.kit;
  const tokens = await Promise.all([1, 2, 3].map((jti) => key.sign({ ...claims, jti })));
  const times: number[] = [];
  const statuses = new Set<number>();
  const ended = new AbortController();
  const end = work.finally(() => ended.abort());
  for (let count = 0; !ended.signal.aborted || count < 200; count += 1) {
    const began = performance.now();
    statuses.add(await ask(tokens[count % tokens.length]!));
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { result: await end, statuses, medianMs: times[times.length >> 1]! };
}

/** A good token but for its key id, which nobody has; `undefined` keeps the right one. */
async function makeTokens(count: number, makeKid: () => string | undefined): Promise<string[]> {
  const { key, claims } = bench.kit;
  const [header, payload, signature] = (await key.sign(claims)).split('.');
  return Array.from({ length: count }, () => {
    const kid = makeKid();
    const head = kid === undefined ? header : encode(JSON.stringify({ alg: key.alg, kid }));
    return `${head}.${payload}.${signature}`;
  });
}

describe(`a flood of ${FLOOD} tokens with made-up key ids`, () => {
  it('costs a fetch in a cool-down, and keeps no valid caller waiting', async () => {
    const madeUp = await makeTokens(FLOOD, () => randomUUID());
    const ordinary = await makeTokens(ORDINARY, () => undefined);
    const quiet = await beside(Promise.resolve());
    const load = await beside(flood(ordinary));
    const fetchesBefore = bench.jwks.fetches;
    const began = performance.now();
    const attack = await beside(flood(madeUp));
    const seconds = (performance.now() - began) / 1_000;
    const fetches = bench.jwks.fetches - fetchesBefore;
    const ratio = attack.medianMs / load.medianMs;
    showFigures(
      `flood of ${FLOOD} made-up key ids in ${seconds.toFixed(1)} s: ${fetches} JWKS fetches; ` +
        `valid callers wait ${attack.medianMs.toFixed(1)} ms (median) beside it, ` +
        `${load.medianMs.toFixed(1)} ms beside good tokens (ratio ${ratio.toFixed(2)}), ` +
        `${quiet.medianMs.toFixed(1)} ms alone`,
    );
    expect(attack.result).toEqual({ 401: FLOOD });
    expect(load.result).toEqual({ 200: ORDINARY });
    expect([...attack.statuses, ...load.statuses, ...quiet.statuses]).toEqual([200, 200, 200]);
    expect(fetches).toBeLessThanOrEqual(1 + Math.ceil((seconds * 1_000) / COOL_DOWN_MS));
    // Callers who are kept waiting for a fetch or a limiter wait a thousandfold; a busy machine does not.
    expect(ratio).toBeLessThan(30);
  });

  it('leaves no one out whose key is published in the middle of it', async () => {
    const { strangeKey, claims } = bench.kit;
    const token = await strangeKey.sign(claims);
    const attack = flood(await makeTokens(FLOOD, () => randomUUID()));
    bench.jwks.publish([bench.kit.key.jwk, strangeKey.jwk]);
    // What a new key has to wait for at the most: the cool-down that the flood has begun.
    const began = performance.now();
    await until(async () => (await ask(token)) === 200);
    const tookMs = performance.now() - began;
    showFigures(`new key beside the flood: accepted after ${(tookMs / 1_000).toFixed(1)} s`);
    expect(tookMs).toBeLessThan(2 * COOL_DOWN_MS);
    await attack;
  });
});
