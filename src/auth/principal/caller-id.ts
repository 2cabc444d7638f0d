import type { FastifyRequest } from 'fastify';
import { toCallerContext } from '../../http/request/caller-context';
import type { AuthenticatedRequest } from './current-user.decorator';

/**
 * Identifies a caller for limits and idempotency keys. A user has one id in all sessions,
 * and another id for each client that acts for them. The id of a caller of a public route
 * is the IP address.
 */
export function callerIdOf(request: FastifyRequest & AuthenticatedRequest): string {
  const { user } = request;
  if (!user) return `address ${toCallerContext(request).address}`;
  const { userId, clientId } = user;
  if (userId === undefined) return `client ${clientId}`;
  return clientId === null ? `user ${userId}` : `user ${userId} client ${clientId}`;
}
