import type { FastifyRequest } from 'fastify';
import { assertedClientId, basicClientId } from '../../../runtime/tokens/client-id';

/** What a resource server sends (RFC 7662, section 2.1). */
export interface IntrospectionForm {
  /** As it came, for the auth server. */
  body: string;
  /** The token; `null`: only the auth server answers the form. */
  token: string | null;
  /** The client that an assertion names (RFC 7523, section 3), which only the auth server proves. */
  assertedClientId: string | null;
}

const FORM = /^application\/x-www-form-urlencoded *(; *charset=utf-8)? *$/i;

/** The scheme that some clients send before the token. */
const SCHEME = /^bearer +/i;

/** Parameters that do not change the answer of this process. */
const KNOWN = ['token', 'token_type_hint'];

/** Those of a client that authenticates by an assertion. */
const ASSERTING = [...KNOWN, 'client_id', 'client_assertion', 'client_assertion_type'];

/**
 * Reads a form. Repeated and unknown parameters, which can be credentials, are left to the auth
 * server.
 */
export function readForm({ headers }: FastifyRequest, body: string): IntrospectionForm {
  if (!FORM.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined) {
    return { body, token: null, assertedClientId: null };
  }
  const fields = [...new URLSearchParams(body)];
  const names = fields.map(([name]) => name);
  const isAsserting = names.includes('client_assertion') && headers.authorization === undefined;
  const known = isAsserting ? ASSERTING : KNOWN;
  const isPlain =
    names.every((name) => known.includes(name)) && new Set(names).size === names.length;
  const values = new Map(fields);
  const token = values.get('token')?.replace(SCHEME, '') ?? '';
  const assertion = isPlain ? values.get('client_assertion') : undefined;
  return {
    body,
    token: isPlain && token !== '' ? token : null,
    assertedClientId: assertion === undefined ? null : assertedClientId(assertion),
  };
}

/** The client id and the credentials of HTTP Basic. */
export function basicCredentials({ headers }: FastifyRequest): BasicCredentials | null {
  const { authorization = '' } = headers;
  const clientId = basicClientId(authorization);
  return clientId === null ? null : { clientId, authorization };
}

export interface BasicCredentials {
  clientId: string;
  authorization: string;
}
