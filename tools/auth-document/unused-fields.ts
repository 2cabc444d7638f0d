import { isJson, type Json } from './json';

/**
 * Fields of the library's endpoints that the auth server refuses or ignores, and fields with only
 * one accepted value, by path.
 */
const UNUSED: Record<string, string[]> = {
  // A sign-in with a provider is possible by redirect only.
  '/sign-in/social': ['idToken', 'additionalData'],
  '/link-social': ['idToken', 'additionalData'],
  '/two-factor/enable': ['method'],
  '/two-factor/verify-backup-code': ['disableSession'],
  '/oauth2/authorize': ['request_uri'],
  // No resource server checks a token that is bound to a key.
  '/oauth2/token': ['DPoP'],
  '/oauth2/userinfo': ['DPoP'],
};

/** Parameters and fields of the body that have an effect. */
export function withoutUnusedFields(operation: Json, path: string): Json {
  const unused = UNUSED[path] ?? [];
  const { parameters, requestBody } = operation;
  return {
    ...operation,
    ...(Array.isArray(parameters) && {
      parameters: (parameters as Json[]).filter(({ name }) => !unused.includes(String(name))),
    }),
    ...(isJson(requestBody) && { requestBody: withoutProperties(requestBody, unused) }),
  };
}

function withoutProperties(requestBody: Json, unused: string[]): Json {
  const body = structuredClone(requestBody);
  for (const media of Object.values((body.content ?? {}) as Record<string, Json>)) {
    const { properties } = (media.schema ?? {}) as Json;
    for (const name of unused) if (isJson(properties)) delete properties[name];
  }
  return body;
}
