import { createPublicKey, type KeyObject } from 'node:crypto';

/** A public key of a client, a JSON Web Key (RFC 7517). */
export type ClientKey = Readonly<Record<string, string | undefined>>;

/** Sizes of RSA keys, in bits. A longer key makes a verification slow. */
const RSA_BITS = { least: 2_048, most: 8_192 };

const USUAL_EXPONENT = 65_537n;

/** The algorithms of a client assertion, by the kind of the key. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  rsa: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
  ed25519: ['EdDSA'],
};

export const CLIENT_KEY_ALGORITHMS = Object.values(ALGORITHMS).flat();

/** Members of private and of symmetric keys (RFC 7518, section 6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** @returns why the key cannot verify assertions of a client; `null`: it can. */
export function findKeyFault(jwk: ClientKey): string | null {
  if (SECRET_MEMBERS.some((name) => name in jwk)) return 'Must be a public key';
  const key = toKey(jwk);
  if (!key) return 'Must be a public key of kty RSA, EC or OKP, with all its members';
  const kind = kindOf(key);
  const algorithms = ALGORITHMS[kind];
  if (!algorithms) return 'Must be RSA, P-256, P-384, P-521 or Ed25519';
  const { modulusLength: bits = RSA_BITS.least, publicExponent = USUAL_EXPONENT } =
    key.asymmetricKeyDetails ?? {};
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    return `Must have ${RSA_BITS.least} to ${RSA_BITS.most} bits`;
  }
  if (!isUsableExponent(publicExponent)) return 'e must be an odd number from 3 to 2^32';
  if (jwk.alg === undefined || algorithms.includes(jwk.alg)) return null;
  return `alg must be one of ${algorithms.join(', ')}`;
}

/** With the exponent 1 anyone can sign. A long exponent makes a verification slow. */
function isUsableExponent(exponent: bigint): boolean {
  return exponent >= 3n && exponent % 2n === 1n && exponent < 2n ** 32n;
}

/** Whether a signature can name each key: it does so only by `kid`. A single key needs none. */
export function haveDistinctIds(keys: readonly { kid?: string | undefined }[]): boolean {
  const ids = keys.map(({ kid }) => kid);
  return ids.length === 1 || (!ids.includes(undefined) && new Set(ids).size === ids.length);
}

function toKey(jwk: ClientKey): KeyObject | null {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    return null;
  }
}

function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType !== 'ec') return asymmetricKeyType ?? '';
  return asymmetricKeyDetails?.namedCurve ?? '';
}
