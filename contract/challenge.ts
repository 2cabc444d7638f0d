/**
 * The cookie of the auth server for a sign-in that waits for its second step. The API does not
 * store it and returns its value as `challenge`.
 */
export const CHALLENGE_COOKIE = 'better-auth.two_factor';

/**
 * @param authUrl public address of the auth server; over https the name has a prefix
 *   (RFC 6265bis, section 4.1.3.1).
 */
export function challengeCookieName(authUrl: string): string {
  return `${authUrl.startsWith('https://') ? '__Secure-' : ''}${CHALLENGE_COOKIE}`;
}
