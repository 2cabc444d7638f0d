import type { FastifyRequest } from 'fastify';

/** What a resource server sends (RFC 7662, section 2.1). */
export interface IntrospectionForm {
  /** As it came, for the auth server. */
  body: string;
  /** The token; `null`: only the auth server answers the form. */
  token: string | null;
}

const FORM = /^application\/x-www-form-urlencoded *(; *charset=utf-8)? *$/i;

/** The scheme that some clients send before the token. */
const SCHEME = /^bearer +/i;

/** Parameters that do not change the answer of this process. */
const KNOWN = ['token', 'token_type_hint'];

/**
 * Reads a form. Repeated and unknown parameters, which can be credentials, are left to the auth
 * server.
 */
export function readForm({ headers }: FastifyRequest, body: string): IntrospectionForm {
  if (!FORM.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined) {
    return { body, token: null };
  }
  const fields = [...new URLSearchParams(body)];
  const names = fields.map(([name]) => name);
  const isPlain =
    names.every((name) => KNOWN.includes(name)) && new Set(names).size === names.length;
  const token = new Map(fields).get('token')?.replace(SCHEME, '') ?? '';
  return { body, token: isPlain && token !== '' ? token : null };
}

/** The client id and the credentials of HTTP Basic (RFC 6749, section 2.3.1). */
export function basicCredentials({ headers }: FastifyRequest): BasicCredentials | null {
  const { authorization = '' } = headers;
  const [, encoded] = /^basic ([\w+/=-]+)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const [id = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1);
  return { clientId: decode(id), authorization };
}

export interface BasicCredentials {
  clientId: string;
  authorization: string;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
