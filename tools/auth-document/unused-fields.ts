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

/** Fields of answers that are always null, by path. */
const ALWAYS_NULL: Record<string, string[]> = { '/admin/has-permission': ['error'] };

/** Fields of the body that the library also reads as a list, of which one value is accepted, by path. */
const ONE_VALUE: Record<string, string[]> = { '/oauth2/token': ['resource'] };

/** Parameters and fields of the body that have an effect, and fields of answers with a value. */
export function withoutUnusedFields(operation: Json, path: string): Json {
  const unused = UNUSED[path] ?? [];
  const { parameters, requestBody, responses } = operation;
  const answers = Object.entries((responses ?? {}) as Record<string, Json>);
  return {
    ...operation,
    ...(Array.isArray(parameters) && {
      parameters: (parameters as Json[]).filter(({ name }) => !unused.includes(String(name))),
    }),
    ...(isJson(requestBody) && {
      requestBody: withOneValue(withoutProperties(requestBody, unused), ONE_VALUE[path]),
    }),
    responses: Object.fromEntries(
      answers.map(([status, answer]) => [status, withoutProperties(answer, ALWAYS_NULL[path])]),
    ),
  };
}

function withoutProperties(described: Json, unused: string[] = []): Json {
  const copy = structuredClone(described);
  for (const properties of propertiesOf(copy)) for (const name of unused) delete properties[name];
  return copy;
}

function withOneValue(described: Json, names: string[] = []): Json {
  const copy = structuredClone(described);
  for (const properties of propertiesOf(copy)) {
    for (const name of names) {
      const { oneOf, description } = properties[name] as { oneOf: Json[]; description: string };
      properties[name] = { ...oneOf.find(({ type }) => type === 'string'), description };
    }
  }
  return copy;
}

function propertiesOf({ content }: Json): Json[] {
  const media = Object.values((content ?? {}) as Record<string, Json>);
  return media.map(({ schema }) => (schema as Json | undefined)?.properties).filter(isJson);
}
