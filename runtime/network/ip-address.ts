import { isIP, isIPv4, isIPv6 } from 'node:net';

/** `[v6]`, `[v6]:port`, with an optional zone id (RFC 3986, section 3.2.2; RFC 6874). */
const BRACKETED = /^\[([^\]]*)\](?::\d{1,5})?$/;

/** `ip:port`, as some load balancers write IPv4 clients. */
const WITH_PORT = /^([^:]+):\d{1,5}$/;

/**
 * Reads an IP address as proxies write it in `X-Forwarded-For`: plain, with a port, in
 * brackets, with a zone id, in quotes (RFC 7239, section 6).
 *
 * An IPv4 client of a dual-stack socket (`::ffff:192.0.2.7`; RFC 4291, section 2.5.5.2) gets
 * its IPv4 form. IPv6 is written in the form of RFC 5952, so that one client has one name.
 *
 * @returns `null` for a text that is not an IP address.
 */
export function parseIpAddress(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const plain = text.trim().replace(/^"(.*)"$/, '$1');
  const [, host = plain] = BRACKETED.exec(plain) ?? WITH_PORT.exec(plain) ?? [];
  const [address = ''] = host.split('%', 1);
  if (isIPv4(address)) return address;
  return isIPv6(address) ? toCanonical(address) : null;
}

function toCanonical(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIP(mapped) === 4) return mapped;
  // The URL parser writes IPv6 in the form of RFC 5952.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
