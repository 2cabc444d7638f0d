import { MOST_STORED } from '../../contract';
import { isJson, type Json } from './json';

/** Rows that Better-Auth reads from the database when no `limit` is given. */
const LIBRARY_LIMIT = 100;

/**
 * The bound of the list that an endpoint answers, which the library's document does not state.
 * A key with `.` names the property that holds the list.
 */
const BOUNDS: Record<string, Json> = {
  '/list-sessions': { maxItems: MOST_STORED.sessions },
  '/list-accounts': { maxItems: MOST_STORED.accounts },
  '/passkey/list-user-passkeys': { maxItems: MOST_STORED.passkeys },
  '/passkey/generate-register-options.excludeCredentials': { maxItems: MOST_STORED.passkeys },
  '/passkey/generate-register-options.pubKeyCredParams': { 'x-bound': 'fixed by the library' },
  '/passkey/generate-authenticate-options.allowCredentials': { maxItems: MOST_STORED.passkeys },
  '/admin/list-users.users': { maxItems: LIBRARY_LIMIT },
  '/admin/list-user-sessions.sessions': { maxItems: MOST_STORED.sessions },
  '/oauth2/get-consents': { type: 'array', items: {}, maxItems: LIBRARY_LIMIT },
  '/jwks.keys': { 'x-bound': 'only a rotation adds a key, and an expired key is removed' },
};

/** States the bound of each list in the answers of an endpoint. */
export function withListBounds(given: Json, path: string): Json {
  const responses = structuredClone(given);
  const schema = schemaOf(responses['200']);
  if (!schema) return responses;
  addBound(schema, BOUNDS[path]);
  for (const [name, property] of Object.entries((schema.properties ?? {}) as Json)) {
    if (isJson(property)) addBound(property, BOUNDS[`${path}.${name}`]);
  }
  return responses;
}

function addBound(schema: Json, bound: Json | undefined): void {
  if (bound) Object.assign(schema, bound);
}

function schemaOf(response: unknown): Json | null {
  const content = isJson(response) && isJson(response.content) ? response.content : {};
  const media = content['application/json'];
  return isJson(media) && isJson(media.schema) ? media.schema : null;
}
