import { casesOf, good, type TokenCase, type TokenKit, withHeader, withPart } from './token-case';

const ALG = 'RFC 8725 §3.1';
const ECDSA = 'RFC 7518 §3.4';
const PSS = 'RFC 7518 §3.5';

/** The API with ES256. */
export const ES256_CASES: TokenCase[] = [
  ...casesOf('accepted', [['a good token', ECDSA, good]]),
  ...casesOf('invalid_token', [
    ['alg RS256 in the header', ALG, withHeader({ alg: 'RS256' })],
    ['one bit of the signature turned', ECDSA, withPart(2, turnBit)],
    ['a signature of zeros', ECDSA, withPart(2, (part) => 'A'.repeat(part.length))],
    ['a signature in DER', ECDSA, withPart(2, toDer)],
    ['a signature one byte short', ECDSA, withPart(2, (part) => resized(part, 63))],
    ['a signature one byte long', ECDSA, withPart(2, (part) => resized(part, 65))],
    ['signed by an RSA key that is published too', ALG, signedByRsa],
  ]),
];

/** The API with PS256. */
export const PS256_CASES: TokenCase[] = [
  ...casesOf('accepted', [['a good token', PSS, good]]),
  ...casesOf('invalid_token', [
    ['alg RS256, signed by a published key', ALG, (kit) => signedAs('RS256', kit)],
    ['alg PS256 over a signature of RS256', PSS, (kit) => signedAs('PS256', kit, 'RS256')],
    ['one bit of the signature turned', PSS, withPart(2, turnBit)],
  ]),
];

function turnBit(part: string): string {
  const bytes = Buffer.from(part, 'base64url');
  bytes[20]! ^= 1;
  return bytes.toString('base64url');
}

function resized(part: string, length: number): string {
  const bytes = Buffer.alloc(length);
  Buffer.from(part, 'base64url').copy(bytes);
  return bytes.toString('base64url');
}

/** ASN.1: two integers in a sequence, as OpenSSL writes signatures. */
function toDer(part: string): string {
  const bytes = Buffer.from(part, 'base64url');
  const integers = [bytes.subarray(0, 32), bytes.subarray(32)].map((number) =>
    Buffer.concat([Buffer.from([2, 33, 0]), number]),
  );
  return Buffer.concat([Buffer.from([0x30, 70]), ...integers]).toString('base64url');
}

function signedByRsa({ unfitKeys, claims }: TokenKit): Promise<string> {
  return unfitKeys['alg is another one'].sign(claims);
}

function signedAs(alg: string, { key, claims }: TokenKit, actual = alg): string {
  const header = JSON.stringify({ alg, kid: key.kid });
  return key.signRaw({ header, payload: JSON.stringify(claims), alg: actual });
}
