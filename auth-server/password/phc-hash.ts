import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { asTyped, HashFormatError, type PasswordHash } from './password-hash';

const deriveScrypt = promisify<string, Buffer, number, object, Buffer>(scrypt);
const derivePbkdf2 = promisify(pbkdf2);

/** In bytes. */
export const SHORTEST_SALT = 8;
const SHORTEST_KEY = 16;
const LONGEST_KEY = 128;

/**
 * The first bytes of a key of PBKDF2, as many as the function returns at once: each further block
 * takes the same time again, and a wrong password does not reach it (RFC 8018, section 5.2).
 */
const PBKDF2_BLOCK: Record<string, number> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

const SCRYPT = /^(\$scrypt\$ln=(\d+),r=(\d+),p=(\d+))\$([A-Za-z0-9+/]+)=*\$([A-Za-z0-9+/]+)=*$/;
const PBKDF2 =
  /^(\$pbkdf2(?:-(sha1|sha256|sha384|sha512))?\$(?:i=)?(\d+)(?:,l=\d+)?)\$([A-Za-z0-9+/.]+)=*\$([A-Za-z0-9+/.]+)=*$/;

/** Parameters of scrypt; N is a power of two. */
export interface ScryptCosts {
  logN: number;
  r: number;
  p: number;
}

const SCRYPT_LIMITS = { least: 10, most: 17, r: 32, p: 16, memory: 134_217_728, work: 33_554_432 };
const PBKDF2_ITERATIONS = { least: 1_000, most: 2_000_000 };

/** @throws {HashFormatError} */
export function parseScryptHash(stored: string): PasswordHash {
  const [, kind, ln, r, p, salt, key] = SCRYPT.exec(stored) ?? [];
  if (kind === undefined) throw new HashFormatError('the scrypt hash is malformed');
  const costs = { logN: Number(ln), r: Number(r), p: Number(p) };
  const [saltBytes, expected] = [fromBase64(salt!), fromBase64(key!)];
  requireLengths(saltBytes, expected);
  requireScryptCosts(costs);
  return {
    kind,
    verify: asTyped(async (password) => {
      const derived = await deriveScrypt(password, saltBytes, expected.length, toOptions(costs));
      return timingSafeEqual(derived, expected);
    }),
  };
}

export function toOptions({ logN, r, p }: ScryptCosts) {
  return { N: 2 ** logN, r, p, maxmem: 2 * SCRYPT_LIMITS.memory };
}

/** @throws {HashFormatError} */
export function requireScryptCosts({ logN, r, p }: ScryptCosts): void {
  const { least, most, memory, work } = SCRYPT_LIMITS;
  const isBounded =
    logN >= least &&
    logN <= most &&
    r >= 1 &&
    r <= SCRYPT_LIMITS.r &&
    p >= 1 &&
    p <= SCRYPT_LIMITS.p &&
    128 * 2 ** logN * r <= memory &&
    2 ** logN * r * p * 8 <= work;
  if (!isBounded) throw new HashFormatError('the parameters of scrypt are out of bounds');
}

/** @throws {HashFormatError} */
export function parsePbkdf2Hash(stored: string): PasswordHash {
  const [, kind, digest = 'sha1', count, salt, key] = PBKDF2.exec(stored) ?? [];
  if (kind === undefined) throw new HashFormatError('the PBKDF2 hash is malformed');
  const iterations = Number(count);
  const { least, most } = PBKDF2_ITERATIONS;
  if (iterations < least || iterations > most) {
    throw new HashFormatError(`the iterations of PBKDF2 must be ${least} to ${most}`);
  }
  const [saltBytes, whole] = [fromBase64(salt!), fromBase64(key!)];
  requireLengths(saltBytes, whole);
  const expected = whole.subarray(0, PBKDF2_BLOCK[digest]);
  return {
    kind,
    verify: asTyped(async (password) => {
      const derived = await derivePbkdf2(password, saltBytes, iterations, expected.length, digest);
      return timingSafeEqual(derived, expected);
    }),
  };
}

/** passlib writes a dot in place of a plus. */
function fromBase64(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}

function requireLengths(salt: Buffer, key: Buffer): void {
  if (salt.length < SHORTEST_SALT) throw new HashFormatError('the salt is shorter than 8 bytes');
  if (key.length < SHORTEST_KEY || key.length > LONGEST_KEY) {
    throw new HashFormatError('the key must have 16 to 128 bytes');
  }
}
