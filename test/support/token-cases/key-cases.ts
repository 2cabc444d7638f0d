import {
  casesOf,
  type TokenCase,
  type TokenKit,
  UNFIT_KEYS,
  type UnfitKey,
  withPart,
} from './token-case';

const SIGNATURE = 'RFC 7515 §5.2';

const UNFIT_RULES: Record<UnfitKey, string> = {
  'use is enc': 'RFC 7517 §4.2',
  'key_ops lack verify': 'RFC 7517 §4.3',
  'alg is another one': 'RFC 7517 §4.4',
  'RSA of 1024 bits': 'RFC 7518 §3.3',
  'EC key': 'RFC 8725 §3.1',
};

/** Key and signature. */
export const KEY_CASES: TokenCase[] = [
  ...casesOf('accepted', [
    [
      'signed by another published key',
      'RFC 7517 §4.5',
      ({ nextKey, claims }) => nextKey.sign(claims),
    ],
  ]),
  ...casesOf('invalid_token', [
    [
      'signed by a key that is not published',
      SIGNATURE,
      ({ strangeKey, claims }) => strangeKey.sign(claims),
    ],
    ['signed by such a key under the kid of a published one', SIGNATURE, underForeignKid],
    ['signed by a published key under the kid of another', SIGNATURE, underOtherKid],
    ...UNFIT_KEYS.map((unfit): [string, string, (kit: TokenKit) => string] => [
      `signed by a published key that is unfit: ${unfit}`,
      UNFIT_RULES[unfit],
      (kit) => signedBy(kit, unfit),
    ]),
    ['one bit of the signature turned', SIGNATURE, withPart(2, turnBit)],
    ['half of the signature', SIGNATURE, withPart(2, (part) => part.slice(0, part.length / 2))],
    ['a signature of zeros', SIGNATURE, withPart(2, (part) => 'A'.repeat(part.length))],
    ['the signature of another token', SIGNATURE, withSignatureOfAnother],
    ['the subject changed after signing', SIGNATURE, withPart(1, changeSubject)],
    ['typ added after signing', SIGNATURE, withPart(0, addType)],
  ]),
];

function underForeignKid({ key, strangeKey, claims }: TokenKit): Promise<string> {
  return strangeKey.sign(claims, { kid: key.kid });
}

function underOtherKid({ key, nextKey, claims }: TokenKit): Promise<string> {
  return nextKey.sign(claims, { kid: key.kid });
}

function signedBy({ unfitKeys, claims }: TokenKit, unfit: UnfitKey): string {
  const { alg, kid } = unfitKeys[unfit];
  const header = JSON.stringify({ alg: 'RS256', kid });
  return unfitKeys[unfit].signRaw({ header, payload: JSON.stringify(claims), alg });
}

function turnBit(part: string): string {
  const bytes = Buffer.from(part, 'base64url');
  bytes[100]! ^= 1;
  return bytes.toString('base64url');
}

async function withSignatureOfAnother(kit: TokenKit): Promise<string> {
  const other = await kit.key.sign({ ...kit.claims, jti: 'another' });
  return withPart(2, () => other.split('.')[2]!)(kit);
}

function changeSubject(part: string): string {
  const claims = JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  return Buffer.from(JSON.stringify({ ...claims, sub: 'someone-else' })).toString('base64url');
}

function addType(part: string): string {
  const header = JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  return Buffer.from(JSON.stringify({ ...header, typ: 'JWT' })).toString('base64url');
}
