import { isIPv6 } from 'node:net';

const GROUPS = 8;

/** IPv4 hosts as a translator shows them (RFC 6052, section 2.1), in the form of RFC 5952. */
const TRANSLATED = /^64:ff9b::(?:[\da-f]{1,4}:)?[\da-f]{1,4}$/;

/**
 * The network that limits count by: the address itself with IPv4, its /64 network with IPv6,
 * because every customer has at least that many addresses (RFC 6177). An IPv4 host behind a
 * translator counts alone: all of them have one /64 network.
 */
export function toClientNetwork(address: string): string {
  if (!isIPv6(address) || TRANSLATED.test(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = Array<string>(Math.max(0, GROUPS - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, GROUPS / 2);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
