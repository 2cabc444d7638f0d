import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { cpus } from 'node:os';
import { verify } from '@node-rs/argon2';

/** As many as keep all threads of libuv busy: both works run there. */
const AT_ONCE = Math.max(4, cpus().length * 2);

/** The length of the signed part of an access token. */
const SIGNED_BYTES = 640;

/** Verifications of a password a second, on all cores, without anything else. */
export function verifyAlone(
  { hash, password }: { hash: string; password: string },
  milliseconds: number,
): Promise<number> {
  return rateOf(() => verify(hash, password), milliseconds);
}

/** RS256 signatures a second, on all cores, without anything else. */
export function signAlone(milliseconds: number): Promise<number> {
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

async function rateOf(work: () => Promise<unknown>, milliseconds: number): Promise<number> {
  const began = performance.now();
  let count = 0;
  const worker = async () => {
    while (performance.now() - began < milliseconds) {
      await work();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return (count * 1_000) / (performance.now() - began);
}
