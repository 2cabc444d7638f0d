import { encode } from '../signing-key';
import {
  casesOf,
  good,
  type TokenCase,
  type TokenKit,
  withHeaderText,
  withPart,
  withPayloadText,
} from './token-case';

const COMPACT = 'RFC 7515 §7.1';
const BASE64URL = 'RFC 7515 §2';
const SIZE = 'contract: 8192 characters';

/** The form of a token, before its content is read. */
export const FORM_CASES: TokenCase[] = [
  ...casesOf('accepted', [
    ['8192 characters', SIZE, (kit) => ofLength(8192, kit)],
    ['white space in the JSON of the header', 'RFC 8259 §2', withHeaderText(spacedHeader)],
    [
      'white space in the JSON of the payload',
      'RFC 8259 §2',
      withPayloadText(({ claims }) => ` ${JSON.stringify(claims, null, 2)}\n`),
    ],
  ]),
  ...casesOf('invalid_token', [
    ['8193 characters', SIZE, (kit) => ofLength(8193, kit)],
    ['one part', COMPACT, ({ key }) => key.kid.replaceAll('-', '')],
    ['two parts', COMPACT, async (kit) => (await good(kit)).replace(/\.[^.]+$/, '')],
    ['four parts', COMPACT, async (kit) => `${await good(kit)}.${encode('{}')}`],
    ['five parts, as of an encrypted token', 'RFC 7516 §7.1', () => `${encode('{}')}.a.b.c.d`],
    ['a dot at the end', COMPACT, async (kit) => `${await good(kit)}.`],
    ['a dot at the front', COMPACT, async (kit) => `.${await good(kit)}`],
    ['dots alone', COMPACT, () => '..'],
    ['an empty header', COMPACT, withPart(0, () => '')],
    ['an empty payload', COMPACT, withPart(1, () => '')],
    ['an empty signature', 'RFC 8725 §3.2', withPart(2, () => '')],
    ['JSON serialization', COMPACT, jsonSerialization],
    ['padding after the signature', BASE64URL, withPart(2, (part) => `${part}==`)],
    ['padding after the header', BASE64URL, withPart(0, (part) => `${part}=`)],
    ['base64 instead of base64url', BASE64URL, withPart(2, toBase64)],
    ['stray bits at the end of the signature', BASE64URL, withPart(2, withStrayBits)],
    ['a line break in the payload, escaped', BASE64URL, withPart(1, insert('%0A'))],
    ['a space in the payload', BASE64URL, withPart(1, insert(' '))],
    ['a letter outside of ASCII in the payload', BASE64URL, withPart(1, insert('é'))],
    ['a comma in the payload', BASE64URL, withPart(1, insert(','))],
    ['a character too many in the payload', BASE64URL, withPart(1, (part) => `${part}AAAAA`)],
  ]),
];

function spacedHeader({ key: { alg, kid } }: TokenKit): string {
  return `\t{ "alg" : "${alg}" ,\r\n "kid" : "${kid}" } `;
}

/** A valid token of exactly this length, filled with an unknown claim. */
async function ofLength(length: number, kit: TokenKit): Promise<string> {
  // The payload alone cannot reach a fourth of all lengths; then the header grows.
  for (const pad of ['', 'x', 'xx']) {
    let filler = 'x'.repeat(length / 2);
    for (let tries = 0; tries < 8; tries += 1) {
      const token = await kit.key.sign({ ...kit.claims, filler }, { pad });
      if (token.length === length) return token;
      const missing =
        Math.trunc(((length - token.length) * 3) / 4) || Math.sign(length - token.length);
      filler = 'x'.repeat(filler.length + missing);
    }
  }
  throw new Error(`no token of ${length} characters`);
}

async function jsonSerialization(kit: TokenKit): Promise<string> {
  const [header, payload, signature] = (await good(kit)).split('.');
  return JSON.stringify({ protected: header, payload, signature });
}

function toBase64(part: string): string {
  return `${part.slice(0, -4)}+/+/`;
}

/** The last character of 256 bytes contains two bits of data and four unused ones. */
function withStrayBits(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(part.at(-1)!);
  return part.slice(0, -1) + alphabet[last + 1]!;
}

function insert(text: string): (part: string) => string {
  return (part) => part.slice(0, 10) + text + part.slice(10);
}
