import ipaddr from 'ipaddr.js';

/** The IPv6 addresses that are assigned for global use (RFC 4291, section 2.4). */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address is reachable from everywhere: not private, loopback, link-local, unique
 * local, shared (RFC 6598), multicast or reserved. An IPv6 address that contains an IPv4 address
 * counts as that one when it is mapped. Other forms (NAT64, 6to4, Teredo) are not public: which
 * IPv4 address they reach depends on the network.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  const isAssigned = parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
  return isAssigned && parsed.range() === 'unicast';
}
