import type { FastifyInstance } from 'fastify';
import { Problem } from '../common/problems/problem';
import { hasValidHost } from '../../runtime/network/host-header';

/** The time that a refused client gets to read the refusal. */
const REFUSAL_LIMIT_MS = 2_000;

/**
 * Requests that Node.js would refuse without a problem document, or would not refuse. An `Expect`
 * with another value than `100-continue` is ignored, as RFC 9110, section 10.1.1, allows. The API
 * is not a proxy: a tunnel (`CONNECT`) is refused like a text that is not HTTP. A request of
 * HTTP/1.1 without exactly one valid host is refused (RFC 9112, section 3.2).
 */
export function answerForNode(fastify: FastifyInstance): void {
  const { server } = fastify;
  server.on('checkExpectation', (request, response) => {
    server.emit('request', request, response);
  });
  server.on('connect', (_request, socket) => {
    // Node has removed its own listeners: an error of the socket would end the process.
    socket.on('error', () => {});
    setTimeout(() => socket.destroy(), REFUSAL_LIMIT_MS).unref();
    server.emit('clientError', new Error('no tunnels here'), socket);
  });
  fastify.addHook('onRequest', ({ raw }, _reply, done) => {
    done(hasValidHost(raw) ? undefined : new Problem('malformed_request'));
  });
}
