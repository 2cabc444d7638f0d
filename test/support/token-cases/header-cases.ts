import { createHmac } from 'node:crypto';
import { encode } from '../signing-key';
import { casesOf, type TokenCase, type TokenKit, withHeader, withHeaderText } from './token-case';

const ALG = 'RFC 8725 §3.1';
const TYP = 'RFC 8725 §3.11';
const KID = 'contract: keys by kid';
const OWN_KEY = 'RFC 8725 §3.5';
const CRIT = 'RFC 7515 §4.1.11';
const JSON_HEADER = 'RFC 7515 §4';

/** Parameters of the protected header. */
export const HEADER_CASES: TokenCase[] = [
  ...casesOf('accepted', [
    ['no typ', TYP, withHeader({})],
    ['typ JWT', TYP, withHeader({ typ: 'JWT' })],
    ['typ jwt in lower case', 'RFC 7515 §4.1.9', withHeader({ typ: 'jwt' })],
    ['typ at+jwt', 'RFC 9068 §2.1', withHeader({ typ: 'at+jwt' })],
    ['typ application/at+jwt', 'RFC 9068 §4', withHeader({ typ: 'application/at+jwt' })],
    ['an unknown parameter', JSON_HEADER, withHeader({ foo: 'bar' })],
    ['thumbprints of a certificate', 'RFC 7515 §4.1.7', withHeader({ x5t: 'a', 'x5t#S256': 'b' })],
  ]),
  ...casesOf('invalid_token', [
    ['alg none, without a signature', ALG, (kit) => `${unsigned(kit, 'none')}.`],
    ['alg none, with a good signature', ALG, withHeader({ alg: 'none' })],
    ['alg nOnE', ALG, (kit) => `${unsigned(kit, 'nOnE')}.AA`],
    ['alg HS256, keyed with the public key as PEM', ALG, (kit) => signedWithPublicKey(kit, 'pem')],
    ['alg HS256, keyed with the public key as JWK', ALG, (kit) => signedWithPublicKey(kit, 'jwk')],
    ['alg HS256, with an empty key', ALG, (kit) => hmac(unsigned(kit, 'HS256'), '')],
    ['alg RS384, signed so by a published key', ALG, signedAs('RS384')],
    ['alg RS512, signed so by a published key', ALG, signedAs('RS512')],
    ['alg PS256, signed so by a published key', ALG, signedAs('PS256')],
    ['alg in lower case', ALG, withHeader({ alg: 'rs256' })],
    ['alg as an array', ALG, withHeader({ alg: ['RS256'] })],
    ['no alg', ALG, withHeader({ alg: undefined })],
    ['alg twice, none last', JSON_HEADER, withHeaderText(twoAlgorithms)],
    ['no kid', KID, withHeader({ kid: undefined })],
    ['an empty kid', KID, withHeader({ kid: '' })],
    ['kid as a number', KID, withHeader({ kid: 1 })],
    ['kid as an array', KID, (kit) => withHeader({ kid: [kit.key.kid] })(kit)],
    ['kid null', KID, withHeader({ kid: null })],
    ['an unknown kid', KID, withHeader({ kid: 'made-up' })],
    [
      'a kid with another one behind NUL',
      KID,
      (kit) => withHeader({ kid: `${kit.key.kid}\0` })(kit),
    ],
    ['kid __proto__', KID, withHeader({ kid: '__proto__' })],
    ['kid constructor', KID, withHeader({ kid: 'constructor' })],
    ['a path as kid', 'RFC 8725 §3.10', withHeader({ kid: '../../../../dev/null' })],
    ['SQL as kid', 'RFC 8725 §3.10', withHeader({ kid: "' UNION SELECT 'key' --" })],
    ['crit, empty', CRIT, withHeader({ crit: [] })],
    ['crit with an unknown name', CRIT, withHeader({ crit: ['foo'], foo: 1 })],
    ['crit exp', CRIT, withHeader({ crit: ['exp'], exp: 1 })],
    ['b64 false', 'RFC 7797 §3', withHeader({ b64: false, crit: ['b64'] })],
    ['b64 true, without crit', 'RFC 7797 §3', withHeader({ b64: true })],
    ['zip', 'RFC 8725 §3.6', withHeader({ zip: 'DEF' })],
    ['enc', 'RFC 7516 §4.1.2', withHeader({ enc: 'A256GCM' })],
    ['a key of its own in jwk', OWN_KEY, withOwnKey],
    ['jwk with the published key', OWN_KEY, (kit) => withHeader({ jwk: kit.key.jwk })(kit)],
    ['jku', OWN_KEY, withHeader({ jku: 'https://evil.example/jwks' })],
    ['x5u', OWN_KEY, withHeader({ x5u: 'https://evil.example/cert' })],
    ['x5c', OWN_KEY, withHeader({ x5c: ['MIIB'] })],
    ['typ of an ID token', TYP, withHeader({ typ: 'id_token' })],
    ['typ dpop+jwt', TYP, withHeader({ typ: 'dpop+jwt' })],
    ['typ secevent+jwt', TYP, withHeader({ typ: 'secevent+jwt' })],
    ['typ logout+jwt', TYP, withHeader({ typ: 'logout+jwt' })],
    ['typ JWE', TYP, withHeader({ typ: 'JWE' })],
    ['an empty typ', TYP, withHeader({ typ: '' })],
    ['typ null', TYP, withHeader({ typ: null })],
    ['typ as an array', TYP, withHeader({ typ: ['JWT'] })],
    ['a header that is not JSON', JSON_HEADER, withHeaderText(() => 'alg=RS256')],
    ['a header that is an array', JSON_HEADER, withHeaderText(() => '[]')],
    ['a header that is a text', JSON_HEADER, withHeaderText(() => '"RS256"')],
    ['a header that is null', JSON_HEADER, withHeaderText(() => 'null')],
    ['a header with a byte order mark', 'RFC 8259 §8.1', withHeaderText(behind('\uFEFF'))],
    ['a header that is not UTF-8', 'RFC 7515 §5.2', withHeaderText(notUtf8)],
    ['parameters in __proto__ alone', JSON_HEADER, withHeaderText(inPrototype)],
  ]),
];

function headerOf({ key: { kid } }: TokenKit, alg: string): string {
  return JSON.stringify({ alg, kid });
}

function unsigned(kit: TokenKit, alg: string): string {
  return `${encode(headerOf(kit, alg))}.${encode(JSON.stringify(kit.claims))}`;
}

function hmac(input: string, secret: string): string {
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** Algorithm confusion: a public key used as a shared secret. */
function signedWithPublicKey(kit: TokenKit, format: 'pem' | 'jwk'): string {
  const { jwk, publicKey } = kit.key;
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return hmac(unsigned(kit, 'HS256'), format === 'pem' ? pem : JSON.stringify(jwk));
}

function signedAs(alg: string): (kit: TokenKit) => string {
  return (kit) =>
    kit.key.signRaw({ header: headerOf(kit, alg), payload: JSON.stringify(kit.claims), alg });
}

function twoAlgorithms({ key: { alg, kid } }: TokenKit): string {
  return `{"alg":"${alg}","kid":"${kid}","alg":"none"}`;
}

function withOwnKey({ strangeKey, claims }: TokenKit): string {
  const { alg, kid, jwk } = strangeKey;
  return strangeKey.signRaw({
    header: JSON.stringify({ alg, kid, jwk }),
    payload: JSON.stringify(claims),
  });
}

function behind(prefix: string): (kit: TokenKit) => string {
  return (kit) => prefix + headerOf(kit, kit.key.alg);
}

function notUtf8(kit: TokenKit): Buffer {
  const [before, after] = headerOf(kit, kit.key.alg).split('"kid"');
  return Buffer.concat([
    Buffer.from(`${before}"x":"`),
    Buffer.from([0xff]),
    Buffer.from(`","kid"${after}`),
  ]);
}

function inPrototype(kit: TokenKit): string {
  return `{"__proto__":${headerOf(kit, kit.key.alg)}}`;
}
