/** The host names of the own machine that a redirect URI can have (RFC 8252, section 7.3). */
export const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether the host is the own machine, also by another address of 127.0.0.0/8 or by a name below
 * `localhost` (RFC 6761, section 6.3). Plain http is for these hosts alone.
 *
 * @param hostname as {@link URL} writes it
 */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK_HOSTS.includes(hostname) || /^(.+\.localhost|127(\.\d+){3})$/.test(hostname);
}
