import type { FastifyRequest } from 'fastify';
import { toCallerContext } from '../../http/request/caller-context';
import type { AuthenticatedRequest } from './current-user.decorator';

/**
 * Tells callers apart where each has something of their own: limits, idempotency keys. A
 * user is the same in all sessions, and another one for each program that acts for them; a
 * caller of an open route is an address.
 */
export function callerIdOf(request: FastifyRequest & AuthenticatedRequest): string {
  const { user } = request;
  if (!user) return `address ${toCallerContext(request).address}`;
  const { userId, clientId } = user;
  if (userId === undefined) return `client ${clientId}`;
  return clientId === null ? `user ${userId}` : `user ${userId} client ${clientId}`;
}
