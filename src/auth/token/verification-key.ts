import { createPublicKey, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '../../../contract';

/** RFC 7518, section 3.3: RSA keys have 2048 bits or more. */
const LEAST_RSA_BITS = 2048;

/** With an exponent of 1, each message is its own signature. */
const LEAST_RSA_EXPONENT = 3n;

/** Real sets are much smaller. */
const MOST_KEYS = 100;

const KEY_TYPE: Record<SignatureAlgorithm, 'RSA' | 'EC'> = {
  RS256: 'RSA',
  PS256: 'RSA',
  ES256: 'EC',
};

/** Members that hold the secret part of private and symmetric keys (RFC 7518, section 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** A parsed public key and the JSON from which it was parsed. */
export interface VerificationKey {
  keyId: string;
  publicKey: KeyObject;
  /** The members that identify the key. */
  source: string;
}

export type VerificationKeys = ReadonlyMap<string, VerificationKey>;

export interface ReadOptions {
  algorithm: SignatureAlgorithm;
  /** The previous keys: an unchanged key is not parsed again and stays the same object. */
  held: VerificationKeys;
}

/**
 * Reads the keys of a JWKS (RFC 7517, section 5) that can verify tokens.
 *
 * A key is used when it has a `kid`, is a key of the configured algorithm, is strong enough, and
 * its `use`, `key_ops` and `alg` allow it (sections 4.2 to 4.4). Other keys are ignored, as section
 * 5 requires. A set without a usable key is valid: every key was withdrawn.
 *
 * @throws {Error} when the set is not a JWKS, or contains an entry that is not a key, one key id
 *   for two usable keys, or private parts. The caller then keeps the former set.
 */
export function toVerificationKeys(keys: unknown, options: ReadOptions): VerificationKeys {
  const usable = new Map<string, VerificationKey>();
  for (const jwk of toJwks(keys)) {
    const key = toVerificationKey(jwk, options);
    if (!key) continue;
    if (usable.has(key.keyId)) throw new Error('the JWKS contains a key id twice');
    usable.set(key.keyId, key);
  }
  return usable;
}

type Jwk = Record<string, unknown>;

function toJwks(keys: unknown): Jwk[] {
  if (!Array.isArray(keys)) throw new Error('the answer is not a JWKS');
  if (keys.length > MOST_KEYS) throw new Error(`the JWKS contains more than ${MOST_KEYS} keys`);
  return keys.map((entry: unknown) => {
    if (!isObject(entry) || typeof entry.kty !== 'string') {
      throw new Error('the JWKS contains an entry that is not a key');
    }
    if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(entry, name))) {
      throw new Error('the JWKS publishes private parts of a key, which must be revoked');
    }
    return entry;
  });
}

function isObject(value: unknown): value is Jwk {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toVerificationKey(jwk: Jwk, { algorithm, held }: ReadOptions): VerificationKey | null {
  const { kid: keyId, kty } = jwk;
  if (typeof keyId !== 'string' || keyId === '' || kty !== KEY_TYPE[algorithm]) return null;
  if (!mayVerify(jwk, algorithm)) return null;
  const { n, e, crv, x, y } = jwk;
  const source = JSON.stringify([kty, n, e, crv, x, y]);
  const known = held.get(keyId);
  if (known?.source === source) return known;
  const publicKey = importKey(jwk);
  return publicKey && isStrongEnough(publicKey, algorithm) ? { keyId, publicKey, source } : null;
}

function mayVerify({ use, key_ops: operations, alg }: Jwk, algorithm: SignatureAlgorithm): boolean {
  if (use !== undefined && use !== 'sig') return false;
  if (alg !== undefined && alg !== algorithm) return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}

function importKey(jwk: Jwk): KeyObject | null {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

function isStrongEnough(key: KeyObject, algorithm: SignatureAlgorithm): boolean {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  return KEY_TYPE[algorithm] === 'RSA'
    ? modulusLength >= LEAST_RSA_BITS && publicExponent >= LEAST_RSA_EXPONENT
    : namedCurve === 'prime256v1';
}

/**
 * jsonwebtoken accepts a KeyObject, which avoids parsing a PEM for each token. Its types do not
 * show this.
 */
export function asSecret(key: KeyObject): Buffer {
  return key as unknown as Buffer;
}
