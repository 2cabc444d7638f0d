import type { FastifyInstance } from 'fastify';
import { REQUEST_ID_HEADER } from '../../../contract';

/** Every answer has `X-Request-Id`, also one that a hook sends. */
export function sendRequestIds(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
}
