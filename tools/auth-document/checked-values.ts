import type { EndpointTraits, ValueCheck } from '../../auth-server/describe';
import { isJson, type Json } from './json';

/** States what the checks of the endpoint require, which the library's document omits. */
export function withCheckedValues(operation: Json, traits: EndpointTraits | undefined): Json {
  const { parameters, requestBody } = operation;
  const { query, body } = traits ?? {};
  const own = parameters as Json[] | undefined;
  return {
    ...operation,
    ...(query && own && { parameters: withRequired(own, query) }),
    ...(body && isJson(requestBody) && { requestBody: withChecks(requestBody, body) }),
  };
}

function withRequired(parameters: Json[], query: ValueCheck): Json[] {
  const missing = refusedNames(query, {});
  return parameters.map((parameter) =>
    missing.includes(String(parameter.name)) ? { ...parameter, required: true } : parameter,
  );
}

function withChecks(requestBody: Json, body: ValueCheck): Json {
  const copy = structuredClone(requestBody);
  for (const { schema } of Object.values(copy.content as Record<string, Json>)) {
    refuseNull(schema as Json, body);
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
