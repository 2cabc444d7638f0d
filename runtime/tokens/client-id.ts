import { decodeJwtPayload } from './jwt-payload';

/** RFC 9110, section 11.4: one or more spaces, and the scheme in any case. */
const BASIC = /^Basic +([\w+/=-]+)$/i;

/**
 * The client id of HTTP Basic, form-encoded before the first colon (RFC 6749, section 2.3.1).
 *
 * @returns `null` for another kind of credentials.
 */
export function basicClientId(authorization = ''): string | null {
  const [, encoded] = BASIC.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const [id = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1);
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
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
