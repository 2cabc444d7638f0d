import fc, { type Arbitrary } from 'fast-check';
import { createHash } from 'node:crypto';

/** The same requests in every run of the suite. `FUZZ_SEED` with another number tries others. */
export const SEED = Number(process.env.FUZZ_SEED ?? 1);

/** The same values for the same seed and name. */
export function sample<Value>(name: string, arbitrary: Arbitrary<Value>, count: number): Value[] {
  const digest = createHash('sha256').update(`${SEED} ${name}`).digest();
  return fc.sample(arbitrary, { seed: digest.readInt32LE(), numRuns: count });
}

/** `FUZZ_FACTOR=10` sends ten times as many requests: a long search, with or without a seed. */
export const FACTOR = Number(process.env.FUZZ_FACTOR ?? 1);
