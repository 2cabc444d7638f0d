import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../../runtime/metrics/metrics';
import { outcomeOf } from '../../runtime/metrics/request-durations';

/** Counts each request by method, route pattern and status, also when its client leaves before the answer. */
export function countRequests(fastify: FastifyInstance, metrics: Metrics): void {
  // Fastify's `onResponse` is not called when the client has left.
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.raw.on('close', () => countRequest(metrics, request, reply));
    done();
  });
}

function countRequest(metrics: Metrics, request: FastifyRequest, reply: FastifyReply): void {
  const status = outcomeOf(reply.raw);
  if (status === null) return;
  metrics.countRequest({
    method: request.method,
    route: request.routeOptions.url ?? 'unmatched',
    status,
    milliseconds: reply.elapsedTime,
  });
}
