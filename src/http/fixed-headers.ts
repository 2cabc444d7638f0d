import type { ApiSettings } from '../config/api-settings';

/** Headers that scripts of other origins may read in addition to the default ones. */
const EXPOSED_HEADERS = [
  'Allow',
  'Deprecation',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Sunset',
  'WWW-Authenticate',
  'X-Request-Id',
];

/** One year in seconds (RFC 6797, section 6.1.1). */
const TRANSPORT_SECURITY = 'max-age=31536000; includeSubDomains';

/**
 * Headers that are the same for every answer: security headers, and CORS headers for all origins.
 * A route can replace each of them.
 */
export function toFixedHeaders({ apiUrl }: ApiSettings): Record<string, string> {
  const isSecure = apiUrl.startsWith('https:');
  return {
    'content-security-policy': toPolicy(isSecure),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    // RFC 6797, section 7.2: not over plain http.
    ...(isSecure && { 'strict-transport-security': TRANSPORT_SECURITY }),
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
    vary: 'Origin',
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED_HEADERS.join(', '),
    'cache-control': 'no-store',
  };
}

/** Pages of the API contain their style; Swagger UI has a stricter policy (documentation/). */
function toPolicy(isSecure: boolean): string {
  return [
    "default-src 'self'",
    "base-uri 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "object-src 'none'",
    "script-src 'self'",
    "script-src-attr 'none'",
    "style-src 'self' 'unsafe-inline'",
    ...(isSecure ? ['upgrade-insecure-requests'] : []),
  ].join(';');
}
