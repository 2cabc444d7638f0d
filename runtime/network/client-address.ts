import proxyAddr from 'proxy-addr';
import { parseIpAddress } from './ip-address';
import { isPublicAddress } from './public-address';

/** The parts of an HTTP request that show the client's address. */
export interface RequestOrigin {
  /** Address of the other end of the connection. */
  remoteAddress: string | undefined;
  /** The `X-Forwarded-For` header; several lines are joined by a comma. */
  forwardedFor: string | string[] | undefined;
}

/**
 * Finds the client's IP address: the other end of the connection, or, when that is a trusted
 * proxy, the rightmost address of `X-Forwarded-For` that is not a trusted proxy. An entry
 * that is not an address ends the search, because no trusted proxy wrote the entries before it.
 * The proxy that wrote it is then the client.
 *
 * @param trustProxy addresses and CIDR blocks of trusted proxies (`TRUST_PROXY`).
 * @param warn writes a line to the log, once, when a private address sends the header and is not
 * trusted: probably a proxy, whose clients then have one address. A public address is a client.
 * @returns a function that answers `null` when the address of the connection is not known.
 */
export function createClientAddressResolver(
  trustProxy: string[],
  warn: (message: string) => void = () => {},
) {
  const isTrusted = proxyAddr.compile(trustProxy);
  let hasWarned = false;
  return ({ remoteAddress, forwardedFor }: RequestOrigin): string | null => {
    let client = parseIpAddress(remoteAddress);
    const hops = toHops(forwardedFor);
    if (!hasWarned && hops.length > 0 && client !== null) {
      hasWarned = !isTrusted(client, 0) && !isPublicAddress(client);
      if (hasWarned) warn(explainIgnored(client));
    }
    while (client !== null && isTrusted(client, 0)) {
      const next = parseIpAddress(hops.pop());
      if (next === null) break;
      client = next;
    }
    return client;
  };
}

function explainIgnored(proxy: string): string {
  return `X-Forwarded-For of ${proxy} is not read, so that all its clients count as one: the address is not in TRUST_PROXY`;
}

function toHops(forwardedFor: string | string[] | undefined): string[] {
  const text = Array.isArray(forwardedFor) ? forwardedFor.join(',') : (forwardedFor ?? '');
  return text === '' ? [] : text.split(',');
}
