import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { SignatureAlgorithm } from '../contract';

export const ISSUER = 'https://auth.example.com';
export const AUDIENCE = 'https://api.example.com';

/** Tokens like the auth server's, all different, and their key. */
export interface TokenSet {
  algorithm: SignatureAlgorithm;
  keyId: string;
  publicKey: KeyObject;
  pem: string;
  tokens: string[];
}

export function makeTokens(algorithm: SignatureAlgorithm, count: number): TokenSet {
  const { publicKey, privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyId = randomUUID();
  const header = encode({ alg: algorithm, kid: keyId });
  const tokens = Array.from({ length: count }, () => {
    const input = `${header}.${encode(makeClaims())}`;
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
  });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { algorithm, keyId, publicKey, pem, tokens };
}

export function makeClaims() {
  const iat = Math.floor(Date.now() / 1_000);
  const identity = { sid: randomId(), role: 'user', sub: randomId() };
  return { iat, ...identity, exp: iat + 900, iss: ISSUER, aud: AUDIENCE };
}

/** Of the length of Better-Auth's. */
function randomId(): string {
  return randomUUID().replaceAll('-', '');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
