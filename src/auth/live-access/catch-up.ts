import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SessionAccess } from './session-access';
import type { AuthenticatedRequest } from '../principal/current-user.decorator';

/**
 * Delays the answer to a change by a signed-in caller until this replica has received the
 * change: the next request of the caller here is judged by the new state. Other replicas
 * receive it as soon, but no caller waits for them.
 */
export function catchUpBeforeAnswers(fastify: FastifyInstance, access: SessionAccess): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (!isChangeBySomeone(request) || reply.statusCode >= 400) return done(null, payload);
    access.catchUp().then(() => done(null, payload), done);
  });
}

function isChangeBySomeone(request: FastifyRequest & AuthenticatedRequest): boolean {
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  return !isReading && request.user !== undefined;
}
