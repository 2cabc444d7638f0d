import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from '../../auth-server/contract';

/** RFC 7518, section 3.3: RSA keys have 2048 bits or more. */
const LEAST_RSA_BITS = 2048;

const KEY_TYPE: Record<SignatureAlgorithm, 'RSA' | 'EC'> = {
  RS256: 'RSA',
  PS256: 'RSA',
  ES256: 'EC',
};

/**
 * Reads a JWKS (RFC 7517, section 5) into the keys that may verify tokens.
 *
 * A key counts when it has a `kid`, is public, fits the one configured algorithm, and
 * neither `use`, `key_ops` nor `alg` speak against it (sections 4.2 to 4.4). Others are
 * left out, as section 5 asks. Two usable keys with one `kid` make the set ambiguous.
 *
 * @throws {Error} when the set is unusable as a whole: not a JWKS, no usable key, or
 *   ambiguous. The caller then keeps the set it has.
 */
export function toVerificationKeys(
  jwks: unknown,
  algorithm: SignatureAlgorithm,
): Map<string, KeyObject> {
  if (!Array.isArray(jwks)) throw new Error('the answer is not a JWKS');
  const keys = new Map<string, KeyObject>();
  for (const jwk of jwks as unknown[]) {
    const key = toVerificationKey(jwk, algorithm);
    if (!key) continue;
    if (keys.has(key.keyId)) throw new Error('the JWKS holds one key id twice');
    keys.set(key.keyId, key.publicKey);
  }
  if (keys.size === 0) throw new Error(`the JWKS holds no key that may verify ${algorithm}`);
  return keys;
}

function toVerificationKey(jwk: unknown, algorithm: SignatureAlgorithm) {
  if (typeof jwk !== 'object' || jwk === null) return null;
  const { kid, kty, use, key_ops: operations, alg, d, k, p, q } = jwk as Record<string, unknown>;
  if (typeof kid !== 'string' || kid === '' || kty !== KEY_TYPE[algorithm]) return null;
  if (use !== undefined && use !== 'sig') return null;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return null;
  }
  if (alg !== undefined && alg !== algorithm) return null;
  // A set that publishes private parts is compromised: such a key proves nothing any more.
  if ([d, k, p, q].some((part) => part !== undefined)) return null;
  const publicKey = importKey(jwk as JsonWebKey);
  return publicKey && isStrongEnough(publicKey, algorithm) ? { keyId: kid, publicKey } : null;
}

function importKey(jwk: JsonWebKey): KeyObject | null {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

function isStrongEnough(key: KeyObject, algorithm: SignatureAlgorithm): boolean {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  return KEY_TYPE[algorithm] === 'RSA'
    ? modulusLength >= LEAST_RSA_BITS
    : namedCurve === 'prime256v1';
}
