import type { RequestHandler } from 'express';
import { isPosted } from './posted-requests';
import { isPreflight } from '../../runtime/http/preflight';
import type { RefusedOrigins } from '../../runtime/network/refused-origins';

const ALLOWED_METHODS = 'GET, POST, OPTIONS';
const EXPOSED_HEADERS =
  'Allow, RateLimit, RateLimit-Policy, Retry-After, set-auth-jwt, set-auth-token, WWW-Authenticate, X-Request-Id';
const PREFLIGHT_MAX_AGE_S = '600';

/**
 * Only pages of the listed origins can read answers and send cookies. Origins are compared as
 * whole strings, not with patterns.
 */
export function allowOrigins(trusted: Set<string>, refused: RefusedOrigins): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary('Origin');
    if (!isPosted(request) && refused.isNew(origin)) {
      response.once('finish', () => {
        // What every origin may read has the header.
        if (!response.hasHeader('Access-Control-Allow-Origin')) refused.report(origin);
      });
    }
    if (origin !== undefined && trusted.has(origin)) {
      response.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Expose-Headers': EXPOSED_HEADERS,
      });
      if (isPreflight(request)) {
        response.vary('Access-Control-Request-Headers');
        response.set({
          'Access-Control-Allow-Methods': ALLOWED_METHODS,
          // As the API: libraries add headers such as `DPoP` and `baggage`.
          'Access-Control-Allow-Headers': request.get('Access-Control-Request-Headers') ?? [],
          'Access-Control-Max-Age': PREFLIGHT_MAX_AGE_S,
        });
      }
    }
    // Other `OPTIONS` requests continue to the routes.
    if (!isPreflight(request)) return next();
    response.set('Allow', ALLOWED_METHODS).status(204).end();
  };
}
