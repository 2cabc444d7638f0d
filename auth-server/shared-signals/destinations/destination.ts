import { isIP } from 'node:net';
import { LONGEST } from '../../../contract';
import { isPublicAddress } from '../../../runtime/network/public-address';

/** Which destinations streams may have: `STREAM_DESTINATIONS`. */
export type Destinations = 'public' | 'any';

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
