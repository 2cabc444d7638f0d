import { decodeJwtPayload } from './jwt-payload';

/** RFC 9110, section 11.4: one or more spaces, and the scheme in any case. */
const BASIC = /^Basic +([\w+/-]+={0,2})$/i;

/**
 * Printable ASCII (RFC 6749, appendix A.1) without `&`, which form encoding escapes. The provider
 * reads an id before `&` and without a byte order mark, as another client than the log.
 */
const ENCODED_ID = /^[ -%'-~]*$/;

/**
 * The client id of HTTP Basic, form-encoded before the first colon (RFC 6749, section 2.3.1).
 *
 * @returns `null` for another kind of credentials, and for malformed ones.
 */
export function basicClientId(authorization = ''): string | null {
  const [, encoded] = BASIC.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const [id = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1);
  return ENCODED_ID.test(id) ? new URLSearchParams(`id=${id}`).get('id') : null;
}

/** The client id that an assertion names (RFC 7523, section 3). It proves nothing. */
export function assertedClientId(assertion: string): string | null {
  try {
    const { sub } = decodeJwtPayload(assertion);
    return typeof sub === 'string' ? sub : null;
  } catch {
    return null;
  }
}
