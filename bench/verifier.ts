import { hash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Benchmark } from './common/benchmark';
import { type Contestant, renderMedians, takeTurns } from './common/interleaved';
import { makeClaims, makeTokens, type TokenSet } from './tokens';
import { bareVerify, fastJwt, gatehouse, jsonwebtoken } from './verifiers';
import { VerifiedTokens } from '../src/auth/token/verified-token-cache';
import { parseAccessTokenClaims, type SignatureAlgorithm } from '../contract';

const TOKENS = 2_000;
const ROUNDS = 9;
const CACHED = 50_000;

/** The cost of verifying an access token, beside other libraries. */
export const verifierBenchmark: Benchmark = {
  name: 'verifier',
  async run(print) {
    for (const algorithm of ['RS256', 'ES256'] as const) await compare(algorithm, print);
    measureMemory(print);
  },
};

async function compare(algorithm: SignatureAlgorithm, print: (line: string) => void) {
  const set = makeTokens(algorithm, TOKENS);
  const contestants = [
    bareVerify(set),
    jsonwebtoken(set, { name: 'jsonwebtoken + PEM', key: set.pem }),
    jsonwebtoken(set, { name: 'jsonwebtoken + KeyObject', key: set.publicKey }),
    fastJwt(set, { warm: false }),
    gatehouse(set, { warm: false }),
    fastJwt(set, { warm: true }),
    gatehouse(set, { warm: true }),
    hashAlone(set),
  ];
  const medians = await takeTurns(contestants, { rounds: ROUNDS, operations: TOKENS });
  print(`\n${algorithm}: medians of ${ROUNDS} rounds of ${TOKENS} different tokens, in turns`);
  for (const line of renderMedians(medians, 'crypto.verify alone')) print(line);
}

/** The cost of hashes instead of tokens in the cache. */
function hashAlone({ tokens }: TokenSet): Contestant {
  return {
    name: 'SHA-256 of the token alone',
    run: () => {
      for (const token of tokens) hash('sha256', token, 'base64url');
    },
  };
}

function measureMemory(print: (line: string) => void): void {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const tokens = new VerifiedTokens();
  const key = { keyId: 'a' } as never;
  for (let index = 0; index < CACHED; index += 1) {
    const payload = JSON.stringify(makeClaims());
    // Parsed from text, like a token's claims.
    const parsed = parseAccessTokenClaims(JSON.parse(payload));
    if (!parsed.ok) throw new Error(parsed.reason);
    tokens.add(`${index}.${payload.padEnd(690)}`, { claims: parsed.claims, key });
  }
  collectGarbage();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1024 / 1024;
  print(
    `\nCache of verified tokens: ${tokens.size} take ${megabytes.toFixed(0)} MB ` +
      `(estimated: ${(tokens.bytes / 1024 / 1024).toFixed(0)} MB)`,
  );
}
