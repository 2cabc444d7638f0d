/**
 * The cookie in which the auth server keeps a sign-in that waits for its second step. The
 * API keeps nothing and hands the value out as `challenge`.
 */
export const CHALLENGE_COOKIE = 'better-auth.two_factor';

/**
 * @param authUrl public address of the auth server; over https the name has a prefix
 *   (RFC 6265bis, section 4.1.3.1).
 */
export function challengeCookieName(authUrl: string): string {
  return `${authUrl.startsWith('https://') ? '__Secure-' : ''}${CHALLENGE_COOKIE}`;
}
