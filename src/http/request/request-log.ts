import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../../../runtime/logger';
import { traceOf } from './request-trace';
import { withoutCredentials } from '../../../runtime/http/path-credentials';

/**
 * One log line for each request that is answered or whose client leaves before (`status: null`), at
 * the level `info`, for probes at `debug`. The query is omitted because it can hold personal data.
 */
export function logRequests(fastify: FastifyInstance): void {
  if (!(fastify.log as Logger).isLevelEnabled('info')) return;
  // Fastify's `onResponse` is not called when the client has left.
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => logRequest(request, reply));
    done();
  });
}

function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const level = request.url.startsWith('/health/') ? 'debug' : 'info';
  request.log[level](
    {
      method: request.method,
      path: withoutCredentials(request.url.split('?', 1)[0]!),
      status: reply.raw.writableFinished ? reply.statusCode : null,
      ms: Math.round(reply.elapsedTime),
      traceId: traceOf(request).traceId,
    },
    'request',
  );
}
