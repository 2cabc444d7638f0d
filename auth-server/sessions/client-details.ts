import { LONGEST_USER_AGENT } from '../../contract';
import { RESOLVED_ADDRESS_HEADER } from '../common/request-origin';
import type { EndpointContext } from '../common/hook-types';

export interface NewSession {
  ipAddress?: string | null;
  userAgent?: string | null;
}

/**
 * What a new session records about its client: the whole IP address (Better-Auth stores the
 * /64 network of an IPv6 address, so that `::1` reads `0000:0000:…`), and a user agent of
 * bounded length.
 */
export function toClientDetails(session: NewSession, ctx: EndpointContext): NewSession {
  const ipAddress = ctx?.headers?.get(RESOLVED_ADDRESS_HEADER) ?? session.ipAddress;
  const userAgent = session.userAgent?.slice(0, LONGEST_USER_AGENT);
  return { ipAddress, userAgent };
}
