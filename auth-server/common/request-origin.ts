import type { AuditEvent } from '../../contract';
import { requestContext } from './request-context';

/** Names the IP address of the client to Better-Auth. This server writes it on every request. */
export const RESOLVED_ADDRESS_HEADER = 'x-gatehouse-resolved-address';

/** Where a request comes from, as the audit log records it. */
export function originOf(headers: Headers | undefined): AuditEvent['origin'] {
  return {
    address: headers?.get(RESOLVED_ADDRESS_HEADER) ?? null,
    userAgent: headers?.get('user-agent') ?? null,
    requestId: requestContext.getStore()?.requestId ?? null,
  };
}
