import {
  constants,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import { type JWTHeaderParameters, SignJWT } from 'jose';

export type Claims = Record<string, unknown>;

interface KeyOptions {
  alg?: string;
  kid?: string;
  /** Of an RSA modulus. */
  bits?: number;
}

/** A key pair of a test: signs valid tokens like an issuer, and invalid ones. */
export class SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As published. */
  readonly jwk: JsonWebKey & { kid: string; alg?: string };

  constructor({ alg = 'RS256', kid = randomUUID(), bits = 2048 }: KeyOptions = {}) {
    this.kid = kid;
    this.alg = alg;
    const { publicKey, privateKey } = alg.startsWith('ES')
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: bits });
    this.privateKey = privateKey;
    this.publicKey = publicKey;
    this.jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg };
  }

  /** A token as the auth server makes them. */
  sign(claims: Claims, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
    const { alg, kid } = this;
    return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(this.privateKey);
  }

  /** Signs any content, with the algorithm of the key or another one. */
  signRaw(parts: { header: string | Buffer; payload: string | Buffer; alg?: string }): string {
    const input = `${encode(parts.header)}.${encode(parts.payload)}`;
    return `${input}.${this.signatureOf(input, parts.alg)}`;
  }

  signatureOf(input: string, alg = this.alg): string {
    const options = alg.startsWith('PS')
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { dsaEncoding: 'ieee-p1363' as const };
    const key = { key: this.privateKey, ...options };
    return sign(`sha${alg.slice(2)}`, Buffer.from(input), key).toString('base64url');
  }
}

export function encode(text: string | Buffer): string {
  return Buffer.from(text).toString('base64url');
}
