import type { OpenAPIObject } from '@nestjs/swagger';

type Components = NonNullable<OpenAPIObject['components']>;

/**
 * The documents of the API and of the auth server as one, for a client of both, with distinct
 * names. @throws when two names are equal.
 */
export function mergeDocuments(api: OpenAPIObject, authServer: OpenAPIObject): OpenAPIObject {
  const { components: ours = {} } = api;
  const { components: theirs = {} } = authServer;
  const components: Components = {
    securitySchemes: unite(ours.securitySchemes, theirs.securitySchemes),
    schemas: unite(ours.schemas, theirs.schemas),
    headers: unite(ours.headers, theirs.headers),
  };
  return {
    ...api,
    info: {
      ...api.info,
      title: 'Gatehouse: API and auth server',
      description: `${api.info.description}\n\n${authServer.info.description}`,
    },
    tags: [...(api.tags ?? []), ...(authServer.tags ?? [])],
    paths: unite(api.paths, authServer.paths),
    components,
  };
}

function unite<Value>(ours: Record<string, Value> = {}, theirs: Record<string, Value> = {}) {
  const clash = Object.keys(ours).find((name) => Object.hasOwn(theirs, name));
  if (clash !== undefined) throw new Error(`both documents have ${clash}`);
  return { ...ours, ...theirs };
}
