import type { OpenAPIObject } from '@nestjs/swagger';
import { mergeDocuments } from './merged-document';
import authServer from '../../openapi-auth.json';
import type { ApiSettings } from '../config/api-settings';

/** Their names, which are also their URL paths. */
export const OTHER_DOCUMENTS = ['openapi-auth.json', 'openapi-all.json'] as const;

/**
 * The documents other than the API's own, by the URL path that serves them. The build
 * contains the auth server's document, from the file that is generated from its code.
 */
export function otherDocuments(
  api: OpenAPIObject,
  { apiUrl }: ApiSettings,
): Record<(typeof OTHER_DOCUMENTS)[number], OpenAPIObject> {
  const servers = [{ url: apiUrl }];
  const authDocument = { ...(authServer as unknown as OpenAPIObject), servers };
  return {
    'openapi-auth.json': authDocument,
    'openapi-all.json': mergeDocuments(api, authDocument),
  };
}
