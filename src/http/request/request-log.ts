import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../../runtime/logger';
import { traceOf } from './request-trace';

/**
 * One log line for each request, at the level `info`, for probes at `debug`. The query is omitted
 * because it can hold personal data.
 */
export function logRequests(fastify: FastifyInstance): void {
  if (!(fastify.log as Logger).isLevelEnabled('info')) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    const level = request.url.startsWith('/health/') ? 'debug' : 'info';
    request.log[level](
      {
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        traceId: traceOf(request).traceId,
      },
      'request',
    );
    done();
  });
}
