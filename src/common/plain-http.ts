import type { FastifyInstance } from 'fastify';
import { Problem } from './problem';

/**
 * What Node would refuse by itself, without a problem. An `Expect` of anything but
 * `100-continue` means nothing here: RFC 9110, section 10.1.1, lets a server pass over it.
 * A request of HTTP/1.1 without a host is refused (RFC 9112, section 3.2), which Node is told
 * to leave to us.
 */
export function answerForNode(fastify: FastifyInstance): void {
  const { server } = fastify;
  server.on('checkExpectation', (request, response) => {
    server.emit('request', request, response);
  });
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    const isLost = raw.httpVersion === '1.1' && raw.headers.host === undefined;
    done(isLost ? new Problem('malformed_request') : undefined);
  });
}
