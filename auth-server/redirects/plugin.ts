import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';

/** Fields by which a caller says where to go next, and the code of the refusal. */
const REDIRECT_FIELDS = {
  callbackURL: 'INVALID_CALLBACK_URL',
  errorCallbackURL: 'INVALID_ERROR_CALLBACK_URL',
  newUserCallbackURL: 'INVALID_NEW_USER_CALLBACK_URL',
  redirectTo: 'INVALID_REDIRECT_URL',
};

/** Printable ASCII without a backslash: what every reader of URLs reads in the same way. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;

/** Bytes that would end a header line or a text after decoding. */
const ENCODED_CONTROL = /%([01][\da-f]|7f)/i;

/** Segments by which a path becomes another one, and separators in disguise. */
const DEVIOUS_PATH = /\/\/|%2f|%5c|(^|\/)(\.|%2e){1,2}(\/|$)/i;

/**
 * Holds origins and redirects to the text of the list. Better-Auth compares what a URL
 * parser makes of an address, in which case, default ports, credentials, backslashes and
 * line breaks disappear; a browser, an app or a mail client may read the same text as
 * another URL.
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

/** An origin that sends cookies is on the list, letter by letter (RFC 6454, section 6.2). */
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

/** A path of our own, or a listed origin and what follows it. */
export function isTrustedAddress(address: string, trusted: Set<string>): boolean {
  if (!PLAIN.test(address) || ENCODED_CONTROL.test(address)) return false;
  const origin = /^https?:\/\/[^/?#]*/.exec(address)?.[0] ?? '';
  if (origin !== '' && !trusted.has(origin)) return false;
  const rest = address.slice(origin.length);
  if (origin === '' && !rest.startsWith('/')) return false;
  return !DEVIOUS_PATH.test(rest.split(/[?#]/, 1)[0]!);
}
