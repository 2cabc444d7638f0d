import fc, { type Arbitrary } from 'fast-check';
import { createHash, randomInt } from 'node:crypto';

/** `FUZZ_SEED` repeats a run; without it every run differs. */
export const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));

/** The same values for the same seed and name. */
export function sample<Value>(name: string, arbitrary: Arbitrary<Value>, count: number): Value[] {
  const digest = createHash('sha256').update(`${SEED} ${name}`).digest();
  return fc.sample(arbitrary, { seed: digest.readInt32LE(), numRuns: count });
}

/** `FUZZ_FACTOR=10` sends ten times as many requests: a long search, with or without a seed. */
export const FACTOR = Number(process.env.FUZZ_FACTOR ?? 1);
