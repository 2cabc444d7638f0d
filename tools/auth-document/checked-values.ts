import type { EndpointTraits, ValueCheck } from '../../auth-server/describe';
import { isJson, type Json } from './json';

/** Authentication by keys (RFC 7523, section 2.2). */
const ASSERTION: Json = {
  client_assertion_type: {
    type: 'string',
    enum: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
  },
  client_assertion: { type: 'string', description: 'A JWT signed by a key of the client' },
};

/** Fields of the body that the library's document omits, by path. */
const OMITTED: Record<string, Json> = {
  '/oauth2/token': ASSERTION,
  '/oauth2/introspect': ASSERTION,
  '/oauth2/revoke': ASSERTION,
};

/** States what the checks of the endpoint require, which the library's document omits. */
export function withCheckedValues(
  operation: Json,
  { path, traits }: { path: string; traits: EndpointTraits | undefined },
): Json {
  const { parameters, requestBody } = operation;
  const { query, body } = traits ?? {};
  const own = parameters as Json[] | undefined;
  return {
    ...operation,
    ...(query && own && { parameters: withRequired(own, query) }),
    ...(body && isJson(requestBody) && { requestBody: withChecks(requestBody, { path, body }) }),
  };
}

function withRequired(parameters: Json[], query: ValueCheck): Json[] {
  const missing = refusedNames(query, {});
  return parameters.map((parameter) =>
    missing.includes(String(parameter.name)) ? { ...parameter, required: true } : parameter,
  );
}

function withChecks(requestBody: Json, { path, body }: { path: string; body: ValueCheck }): Json {
  const copy = structuredClone(requestBody);
  for (const media of Object.values(copy.content as Record<string, { schema: Json }>)) {
    Object.assign((media.schema.properties ?? {}) as Json, structuredClone(OMITTED[path]));
    refuseNull(media.schema, body);
  }
  return { ...copy, required: body.safeParse(undefined).error !== undefined };
}

/** Some fields are described as nullable, but their check refuses `null`. */
function refuseNull({ properties = {} }: Json, body: ValueCheck): void {
  for (const [name, field] of Object.entries(properties as Record<string, Json>)) {
    if (!refusedNames(body, { [name]: null }).includes(name)) continue;
    delete field.nullable;
    if (Array.isArray(field.type)) field.type = field.type.find((type) => type !== 'null');
  }
}

/** Names at the top of a value that a check refuses. */
function refusedNames(check: ValueCheck, value: Json): string[] {
  const { issues } = check.safeParse(value).error ?? { issues: [] };
  return issues.flatMap(({ path }) => (path.length === 1 ? [String(path[0])] : []));
}
