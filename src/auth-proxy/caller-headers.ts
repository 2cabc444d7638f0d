import type { CallerContext } from '../http/request/caller-context';
import { CLIENT_ADDRESS_HEADER, INTERNAL_KEY_HEADER, REQUEST_ID_HEADER } from '../../contract';

/** The headers that name the caller of the API to the auth server, in each kind of call. */
export function toCallerHeaders(
  { address, requestId, traceparent }: CallerContext,
  internalSecret: string,
): Record<string, string> {
  return {
    [REQUEST_ID_HEADER]: requestId,
    traceparent,
    // For an auth server that uses only `TRUST_PROXY`
    // (docs/decisions/0006-client-address.md).
    'x-forwarded-for': address,
    [CLIENT_ADDRESS_HEADER]: address,
    [INTERNAL_KEY_HEADER]: internalSecret,
  };
}
