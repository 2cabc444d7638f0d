import { generateKeyPairSync } from 'node:crypto';
import { toVerificationKeys, type VerificationKeys } from './verification-key';
import type { SignatureAlgorithm } from '../../../contract';

const NONE: VerificationKeys = new Map();

function rsa(modulusLength = 2048) {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'a' };
}

function ec(namedCurve = 'P-256') {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'a' };
}

function idsOf(keys: unknown[], algorithm: SignatureAlgorithm = 'RS256'): string[] {
  return [...toVerificationKeys(keys, { algorithm, held: NONE }).keys()];
}

const RSA_JWK = rsa();
const EC_JWK = ec();

describe('a key of a JWKS', () => {
  it.each<[string, object, SignatureAlgorithm]>([
    ['RSA for RS256', RSA_JWK, 'RS256'],
    ['RSA for PS256', RSA_JWK, 'PS256'],
    ['P-256 for ES256', EC_JWK, 'ES256'],
    ['with use sig', { ...RSA_JWK, use: 'sig' }, 'RS256'],
    ['with key_ops verify', { ...RSA_JWK, key_ops: ['sign', 'verify'] }, 'RS256'],
    ['with alg as it is set', { ...RSA_JWK, alg: 'RS256' }, 'RS256'],
    ['with unknown members', { ...RSA_JWK, foo: 1, x5t: 'a' }, 'RS256'],
  ])('counts: %s', (_title, jwk, algorithm) => {
    expect(idsOf([jwk], algorithm)).toEqual(['a']);
  });

  it.each<[string, object, SignatureAlgorithm]>([
    ['RSA for ES256', RSA_JWK, 'ES256'],
    ['P-256 for RS256', EC_JWK, 'RS256'],
    ['P-384 for ES256', ec('P-384'), 'ES256'],
    ['secp256k1 for ES256', ec('secp256k1'), 'ES256'],
    ['RSA of 2047 bits', rsa(2047), 'RS256'],
    ['RSA with exponent 1', { ...RSA_JWK, e: 'AQ' }, 'RS256'],
    ['RSA without a modulus', { ...RSA_JWK, n: undefined }, 'RS256'],
    ['RSA with a number as modulus', { ...RSA_JWK, n: 5 }, 'RS256'],
    ['a point that is not on the curve', { ...EC_JWK, x: EC_JWK.y }, 'ES256'],
    ['use enc', { ...RSA_JWK, use: 'enc' }, 'RS256'],
    ['use null', { ...RSA_JWK, use: null }, 'RS256'],
    ['key_ops without verify', { ...RSA_JWK, key_ops: ['encrypt'] }, 'RS256'],
    ['key_ops as a text', { ...RSA_JWK, key_ops: 'verify' }, 'RS256'],
    ['alg RS512', { ...RSA_JWK, alg: 'RS512' }, 'RS256'],
    ['alg PS256 for RS256', { ...RSA_JWK, alg: 'PS256' }, 'RS256'],
    ['no kid', { ...RSA_JWK, kid: undefined }, 'RS256'],
    ['an empty kid', { ...RSA_JWK, kid: '' }, 'RS256'],
    ['a number as kid', { ...RSA_JWK, kid: 1 }, 'RS256'],
    ['an unknown type', { kty: 'OKP', crv: 'Ed25519', x: 'a', kid: 'a' }, 'RS256'],
  ])('does not count, and does no harm to others: %s', (_title, jwk, algorithm) => {
    const good = { ...(algorithm === 'ES256' ? EC_JWK : RSA_JWK), kid: 'good' };
    expect(idsOf([jwk, good], algorithm)).toEqual(['good']);
  });

  it('may share its id with one that does not count', () => {
    expect(idsOf([RSA_JWK, EC_JWK])).toEqual(['a']);
  });

  it('is one of a hundred at most', () => {
    const keys = (count: number) =>
      Array.from({ length: count }, (_, kid) => ({ ...EC_JWK, kid: `${kid}` }));
    expect(idsOf(keys(100), 'ES256')).toHaveLength(100);
    expect(() => idsOf(keys(101), 'ES256')).toThrow('more than 100 keys');
  });

  it('is parsed once, as long as it stays the same', () => {
    const held = toVerificationKeys([RSA_JWK], { algorithm: 'RS256', held: NONE });
    const again = toVerificationKeys([{ ...RSA_JWK, use: 'sig' }], { algorithm: 'RS256', held });
    const other = toVerificationKeys([rsa()], { algorithm: 'RS256', held });
    expect(again.get('a')).toBe(held.get('a'));
    expect(other.get('a')).not.toBe(held.get('a'));
  });
});
