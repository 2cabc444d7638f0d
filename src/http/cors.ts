import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiSettings } from '../config/api-settings';
import { AUTH_BASE_PATH } from '../../contract';
import { isPreflight } from '../../runtime/http/preflight';
import { RefusedOrigins } from '../../runtime/network/refused-origins';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/**
 * Allows scripts of trusted origins to read answers, and answers preflights
 * (https://fetch.spec.whatwg.org/#http-cors-protocol). `fixed-headers.ts` has the headers that are
 * the same for all origins. An `OPTIONS` request without the two headers of a preflight is not
 * answered here.
 */
export function answerCrossOrigin(
  fastify: FastifyInstance,
  { trustedOrigins, apiUrl, authUrl }: Pick<ApiSettings, 'trustedOrigins' | 'apiUrl' | 'authUrl'>,
): void {
  // The pages of both processes are always trusted, as at the auth server.
  const trusted = new Set([...trustedOrigins, apiUrl, authUrl]);
  const logger = new Logger('CrossOrigin');
  const refused = new RefusedOrigins(trusted, (line) => logger.warn(line));
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin !== undefined && trusted.has(origin)) {
      void reply.header('access-control-allow-origin', origin);
    } else if (refused.isNew(origin) && isAnsweredHere(request)) {
      refused.report(origin);
    }
    if (isPreflight(request)) answerPreflight(request, reply);
    else done();
  });
}

/** Every origin may read the metadata. The auth server answers its own requests, without preflights. */
function isAnsweredHere(request: FastifyRequest): boolean {
  if (request.url.startsWith('/.well-known/')) return false;
  return isPreflight(request) || !request.url.startsWith(AUTH_BASE_PATH);
}

function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
  const asked = headers['access-control-request-headers'];
  void reply.code(204).headers({
    'access-control-allow-methods': METHODS,
    'access-control-max-age': String(PREFLIGHT_MAX_AGE_SECONDS),
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
    vary: 'Origin, Access-Control-Request-Headers',
    'content-length': '0',
  });
  void reply.send();
}
