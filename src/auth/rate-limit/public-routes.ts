import type { FastifyInstance, FastifyReply } from 'fastify';
import { toClientNetwork } from '../../../runtime/network/client-network';
import { RateLimit, type RateLimitState } from './rate-limit';
import { AUTH_BASE_PATH, AUTH_SERVER_DOCUMENTS } from '../../../contract';
import { Problem } from '../../common/problems/problem';
import type { ApiSettings } from '../../config/api-settings';
import { clientAddressOf } from '../../http/request/client-address';

/** Requests of one network in a minute: many users and many verifiers can share one address. */
const PUBLIC_QUOTA = 3_000;

/**
 * Paths with other limits: the guards limit the versioned API, and the auth server limits its own
 * routes and documents by the address of the client. Probes are not limited.
 */
const LIMITED_ELSEWHERE = new RegExp(
  `^/api/v\\d+/|^${AUTH_BASE_PATH}/|^/health/|^(${AUTH_SERVER_DOCUMENTS.join('|').replaceAll('.', '\\.')})([/?]|$)`,
);

/**
 * Limits the other public routes by the address of the client: documents, pages, metrics and
 * unknown paths. Each replica counts alone. An accepted answer has no `RateLimit` headers, because
 * caches keep these answers for other clients.
 */
export function limitPublicRoutes(fastify: FastifyInstance, { rateLimits }: ApiSettings): void {
  if (rateLimits === null) return;
  const quota = Math.ceil(PUBLIC_QUOTA * rateLimits.quotas);
  const limit = new RateLimit({ name: 'public', quota, windowSeconds: 60, redis: null });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 && LIMITED_ELSEWHERE.test(request.url)) return done();
    const state = limit.countAlone(toClientNetwork(clientAddressOf(request)));
    done(state.isAllowed ? undefined : refuse(state, { limit, reply }));
  });
}

function refuse(
  state: RateLimitState,
  { limit, reply }: { limit: RateLimit; reply: FastifyReply },
): Problem {
  void reply.header('ratelimit-policy', limit.policy).header('ratelimit', limit.describe(state));
  const headers = { 'retry-after': String(state.resetSeconds) };
  return new Problem('too_many_requests', { headers });
}
