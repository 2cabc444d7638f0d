import type { RequestHandler } from 'express';
import type { AuthConfig } from '../common/config';

/**
 * The headers of JSON answers and of the error page: no frames, no cache, no guessed media types,
 * no scripts.
 */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** RFC 6797; one year. */
const STRICT_TRANSPORT = 'max-age=31536000; includeSubDomains';

export function setSecurityHeaders({ authUrl }: AuthConfig): RequestHandler {
  const isSecure = authUrl.startsWith('https://');
  return (_request, response, next) => {
    response.set(HEADERS);
    if (isSecure) response.set('Strict-Transport-Security', STRICT_TRANSPORT);
    next();
  };
}
