import type { IncomingMessage } from 'node:http';
import { MAX_TOKEN_LENGTH } from '../../auth-server/contract';
import { Problem } from '../common/problem';

/** RFC 7515, section 7.1: three base64url parts, none of them empty, no padding. */
const COMPACT_FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * The access token of a request, from exactly one `Authorization` header with the scheme
 * `Bearer` (RFC 6750, section 2.1); never from a query, a form or a cookie.
 *
 * @throws {Problem} `missing_token` when no bearer token was sent, `invalid_token` when
 *   what was sent cannot be one.
 */
export function bearerTokenOf(request: { raw: IncomingMessage }): string {
  const values = request.raw.headersDistinct.authorization ?? [];
  if (values.length > 1) throw invalid('more than one Authorization header');
  const [, scheme = '', token = ''] = /^(\S+) +(.*)$/.exec(values[0] ?? '') ?? [];
  if (scheme.toLowerCase() !== 'bearer') throw new Problem('missing_token');
  if (token.length > MAX_TOKEN_LENGTH) throw invalid('token too long');
  if (!COMPACT_FORM.test(token)) throw invalid('not a compact JWS');
  return token;
}

function invalid(reason: string): Problem {
  return new Problem('invalid_token', { cause: reason });
}
