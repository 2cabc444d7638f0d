import type { IncomingMessage } from 'node:http';
import { MAX_TOKEN_LENGTH } from '../../../contract';
import { Problem } from '../../common/problems/problem';

/** RFC 6750, section 2.1; the name of a scheme is compared without case (RFC 9110, section 11.1). */
const SCHEME = /^bearer +/i;

/**
 * The access token of a request, from exactly one `Authorization` header with the scheme `Bearer`;
 * never from a query, a form or a cookie. It is not parsed here.
 * @throws {Problem} `missing_token` without a bearer token, `invalid_token` for a value that
 * cannot be one.
 */
export function bearerTokenOf({ raw }: { raw: IncomingMessage }): string {
  const values = authorizationsOf(raw);
  if (values.length > 1) throw invalid('more than one Authorization header');
  const [value = ''] = values;
  const scheme = SCHEME.exec(value);
  if (!scheme) throw new Problem('missing_token');
  const token = value.slice(scheme[0].length);
  if (token.length > MAX_TOKEN_LENGTH) throw invalid('token too long');
  return token;
}

/** `headers` of Node.js has only the first of several values, and `headersDistinct` is slow. */
function authorizationsOf({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter(
    (_text, index) => index % 2 === 1 && isAuthorization(rawHeaders[index - 1]!),
  );
}

function isAuthorization(name: string): boolean {
  return name.length === 'authorization'.length && name.toLowerCase() === 'authorization';
}

function invalid(reason: string): Problem {
  return new Problem('invalid_token', { cause: reason });
}
