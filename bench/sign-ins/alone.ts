import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { cpus } from 'node:os';
import { verify } from '@node-rs/argon2';

/** As many as keep all threads of libuv busy: both works run there. */
const AT_ONCE = Math.max(4, cpus().length * 2);

/** The length of the signed part of an access token. */
const SIGNED_BYTES = 640;

/** Operations a second, and the CPU time of one in microseconds. */
export interface AloneRate {
  rate: number;
  cpu: number;
}

/** Verifications of a password, on all cores, without anything else. */
export function verifyAlone(
  { hash, password }: { hash: string; password: string },
  milliseconds: number,
): Promise<AloneRate> {
  return rateOf(() => verify(hash, password), milliseconds);
}

/** RS256 signatures, on all cores, without anything else. */
export function signAlone(milliseconds: number): Promise<AloneRate> {
  return rateOf(() => signOnce(KEY), milliseconds);
}

const KEY = createPrivateKey(
  generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }),
);
const TEXT = Buffer.alloc(SIGNED_BYTES, 'a');

function signOnce(key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign('sha256', TEXT, key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}

async function rateOf(work: () => Promise<unknown>, milliseconds: number): Promise<AloneRate> {
  const before = process.cpuUsage();
  const began = performance.now();
  let count = 0;
  const worker = async () => {
    while (performance.now() - began < milliseconds) {
      await work();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const rate = (count * 1_000) / (performance.now() - began);
  const { user, system } = process.cpuUsage(before);
  return { rate, cpu: (user + system) / count };
}
