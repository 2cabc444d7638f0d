import { isUtf8 } from 'node:buffer';
import { ACCESS_TOKEN_TYPES, type SignatureAlgorithm } from '../../../contract';

/**
 * Header parameters that make a token unacceptable with every value: keys that the
 * token contains or refers to (RFC 8725, section 3.5), and what would have to be
 * understood (RFC 7515, section 4.1.11; RFC 7797). Other unknown ones are ignored, as
 * RFC 7515, section 4, asks.
 */
const REFUSED_PARAMETERS = ['jwk', 'jku', 'x5c', 'x5u', 'crit', 'b64', 'zip', 'enc'];

export type HeaderResult = { ok: true; keyId: string } | { ok: false; reason: string };

/**
 * Reads the protected header of a compact JWS (RFC 7515, section 7.1: three parts) before the
 * signature is verified. It requires the configured algorithm (RFC 8725, section 3.1), an accepted
 * `typ` (section 3.11), a key id, canonical base64url in each part (RFC 7515, section 2: no
 * padding, no unused bits), and UTF-8 in the texts.
 */
export function parseTokenHeader(token: string, algorithm: SignatureAlgorithm): HeaderResult {
  const parts = token.split('.');
  if (parts.length !== 3) return refuse('not a compact JWS');
  const [head, payload, signature] = parts.map(decodeCanonicalBase64url);
  if (!head || !payload || !signature) return refuse('not canonical base64url');
  if (!isUtf8(payload)) return refuse('payload is not UTF-8');
  const header = parseJsonObject(head);
  if (!header) return refuse('header is not a JSON object');
  const refused = REFUSED_PARAMETERS.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) return refuse(`header parameter ${refused}`);
  const { alg, kid, typ } = header;
  if (alg !== algorithm) return refuse(`alg is not ${algorithm}`);
  if (typ !== undefined && !isAccessTokenType(typ)) return refuse('typ is not of an access token');
  if (typeof kid !== 'string' || kid === '') return refuse('kid is missing');
  return { ok: true, keyId: kid };
}

function refuse(reason: string): HeaderResult {
  return { ok: false, reason };
}

/** Only the canonical encoding is accepted: two encodings of one signature would be two tokens. */
function decodeCanonicalBase64url(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === part ? bytes : null;
}

function parseJsonObject(bytes: Buffer): Record<string, unknown> | null {
  if (!isUtf8(bytes)) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Media types are compared without case, and `application/` may be left out (RFC 7515, section 4.1.9). */
function isAccessTokenType(typ: unknown): boolean {
  if (typeof typ !== 'string') return false;
  const type = typ.toLowerCase().replace(/^application\//, '');
  return ACCESS_TOKEN_TYPES.some((accepted) => accepted.toLowerCase() === type);
}
