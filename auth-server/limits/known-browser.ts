import { createHmac } from 'node:crypto';
import { constantTimeEqual } from 'better-auth/crypto';

/** The cookie of `known-sources.ts`: `<account>.<browser>.<signature>`. */
const COOKIE = /(?:^|;) *(?:__Secure-)?better-auth\.known_device=([^;]*)/;
const SIGNED_VALUE = /^(([\w~-]+)\.[\w-]+)\.([A-Za-z0-9+/]{43}=)$/;

/** The share of a quota of an IP address that each account with a known browser has in addition. */
export const KNOWN_SHARE = 1 / 10;

/**
 * Whose requests are counted once their IP address has used up its quota: those of the account that
 * has signed in with the browser, in this network. Strangers at the address do not use them up.
 *
 * @returns `null` for a browser without the signed cookie. No query says whether the account exists.
 */
export function knownBrowserOf(
  cookies: string | null | undefined,
  { network, secret }: { network: string; secret: string },
): string | null {
  const [, value = ''] = COOKIE.exec(cookies ?? '') ?? [];
  const [, text, account, signature] = SIGNED_VALUE.exec(decode(value)) ?? [];
  if (text === undefined || signature === undefined) return null;
  const expected = createHmac('sha256', secret).update(text).digest('base64');
  return constantTimeEqual(signature, expected) ? `${account}@${network}` : null;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
