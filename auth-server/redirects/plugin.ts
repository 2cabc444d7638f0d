import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { LONGEST } from '../../contract';

/** Fields with the URL of the next page, and the code of their refusal. */
const REDIRECT_FIELDS = {
  callbackURL: 'INVALID_CALLBACK_URL',
  errorCallbackURL: 'INVALID_ERROR_CALLBACK_URL',
  newUserCallbackURL: 'INVALID_NEW_USER_CALLBACK_URL',
  redirectTo: 'INVALID_REDIRECT_URL',
};

/** Printable ASCII without a backslash: all URL parsers read it in the same way. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;

/** Bytes that end a header line or a text after decoding. */
const ENCODED_CONTROL = /%([01][\da-f]|7f)/i;

/** Segments that change the path, and encoded separators. */
const DEVIOUS_PATH = /\/\/|%2f|%5c|(^|\/)(\.|%2e){1,2}(\/|$)/i;

/**
 * Compares origins and redirect URLs as text with the list. Better-Auth compares the result of a
 * URL parser, which removes letter case, default ports, credentials, backslashes and line breaks.
 * A browser, an app or a mail client may read the same text as another URL.
 */
export function exactAddresses(trustedOrigins: string[]) {
  const trusted = new Set(trustedOrigins);
  return {
    id: 'exact-addresses',
    hooks: {
      before: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async ({ body, query, headers, method }) => {
            if (method === 'POST' && headers) checkOrigin(headers, trusted);
            for (const source of [body, query]) checkRedirects(source, trusted);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/**
 * The origin of a request with cookies is on the list, character by character (RFC 6454, section
 * 6.2).
 */
function checkOrigin(headers: Headers, trusted: Set<string>): void {
  const origin = headers.get('origin');
  if (origin === null || origin === 'null' || !headers.has('cookie') || trusted.has(origin)) return;
  throw new APIError('FORBIDDEN', { code: 'INVALID_ORIGIN', message: 'Invalid origin' });
}

function checkRedirects(source: unknown, trusted: Set<string>): void {
  if (typeof source !== 'object' || source === null) return;
  const fields = source as Record<string, unknown>;
  for (const [field, code] of Object.entries(REDIRECT_FIELDS)) {
    const address = fields[field];
    if (address === undefined || address === null || address === '') continue;
    if (typeof address === 'string' && isTrustedAddress(address, trusted)) continue;
    throw new APIError('FORBIDDEN', { code, message: `Invalid ${field}` });
  }
}

/**
 * A path of this server, or a listed origin with a path. Callers without an account store it: with
 * the state of a sign-in with a provider, and in mails.
 */
export function isTrustedAddress(address: string, trusted: Set<string>): boolean {
  if (address.length > LONGEST.url) return false;
  if (!PLAIN.test(address) || ENCODED_CONTROL.test(address)) return false;
  const origin = /^https?:\/\/[^/?#]*/.exec(address)?.[0] ?? '';
  if (origin !== '' && !trusted.has(origin)) return false;
  const rest = address.slice(origin.length);
  if (origin === '' && !rest.startsWith('/')) return false;
  return !DEVIOUS_PATH.test(rest.split(/[?#]/, 1)[0]!);
}
