import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { LONGEST } from '../../../contract';
import { isPublicAddress } from '../../../runtime/network/public-address';

/** Which destinations streams may have: `STREAM_DESTINATIONS`. */
export type Destinations = 'public' | 'any';

const NOT_PUBLIC = 'the destination is not public';

/** @returns why a stream cannot be delivered to a URL; `null` when it can. */
export function destinationFault(text: string, allowed: Destinations): string | null {
  const url = text.length <= LONGEST.url ? URL.parse(text) : null;
  if (!url) return 'Must be a URL';
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    return 'Must have neither credentials nor a fragment';
  }
  if (allowed === 'any') return /^https?:$/.test(url.protocol) ? null : 'Must be an https URL';
  if (url.protocol !== 'https:') return 'Must be an https URL';
  const host = hostOf(url);
  const isLocalName = !host.includes('.') || /(^|\.)(localhost|local|internal)\.?$/.test(host);
  const isRefused = isIP(host) === 0 ? isLocalName : !isPublicAddress(host);
  return isRefused ? 'Must be a public address' : null;
}

/** The host without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/**
 * Resolves the name of a destination for one connection. Each address is checked, and the
 * connection uses the checked addresses: the name cannot change in between.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const refused = error ?? refusalOf(addresses);
    if (refused) return callback(refused, '', 0);
    const [{ address, family }] = addresses as [LookupAddress];
    return options.all === true ? callback(null, addresses) : callback(null, address, family);
  });
};

function refusalOf(addresses: LookupAddress[]): Error | null {
  const isPublic =
    addresses.length > 0 && addresses.every(({ address }) => isPublicAddress(address));
  return isPublic ? null : new Error(NOT_PUBLIC);
}
