import type { RequestHandler } from 'express';
import { renewSignature, type Secrets } from '../common/secrets';

/** The prefixes of the names of Better-Auth's cookies. */
const COOKIE_NAME = /^(__Secure-)?better-auth\./;

/** `<text>.<signature>`: an HMAC-SHA-256 in base64 has 44 characters. */
const SIGNED_VALUE = /^(.+)\.([A-Za-z0-9+/]{43}=)$/s;

const BEARER = /^Bearer +(\S+)$/i;

/** Where Better-Auth reports the token of a session that it has begun or extended. */
const NEW_TOKEN_HEADER = 'set-auth-token';

/**
 * Better-Auth signs and verifies cookies and session tokens only with the current secret. After a
 * rotation, this step replaces a signature of a former secret by one of the current secret before
 * Better-Auth reads the request. A client with a bearer token gets the new token in the answer. A
 * browser gets a new cookie when its session is extended.
 */
export function acceptFormerSecrets(secrets: Secrets): RequestHandler[] {
  if (secrets.secretVersions === null) return [];
  return [
    ({ headers }, response, next) => {
      if (headers.cookie) headers.cookie = renewCookies(headers.cookie, secrets);
      const token = BEARER.exec(headers.authorization ?? '')?.[1];
      const renewed = token ? renewValue(token, secrets) : null;
      if (renewed !== null) {
        headers.authorization = `Bearer ${renewed}`;
        response.setHeader(NEW_TOKEN_HEADER, renewed);
      }
      next();
    },
  ];
}

function renewCookies(header: string, secrets: Secrets): string {
  const pairs = header.split(';').map((pair) => {
    const separator = pair.indexOf('=');
    const [name, value] = [pair.slice(0, separator).trim(), pair.slice(separator + 1).trim()];
    if (separator === -1 || !COOKIE_NAME.test(name)) return pair.trim();
    const renewed = renewValue(value, secrets);
    return `${name}=${renewed === null ? value : encodeURIComponent(renewed)}`;
  });
  return pairs.join('; ');
}

/** @returns `null` when no former secret has signed the value. */
function renewValue(value: string, secrets: Secrets): string | null {
  const [, text, signature] = SIGNED_VALUE.exec(decode(value)) ?? [];
  if (text === undefined || signature === undefined) return null;
  const renewed = renewSignature({ text, signature, encoding: 'base64' }, secrets);
  return renewed === null ? null : `${text}.${renewed}`;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
