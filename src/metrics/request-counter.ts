import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../runtime/metrics/metrics';

/** Counts each request by method, route pattern and status. */
export function countRequests(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.countRequest({
      method: request.method,
      route: request.routeOptions.url ?? 'unmatched',
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
    });
    done();
  });
}
