import type { OpenAPIObject } from '@nestjs/swagger';
import { mergeDocuments } from './merged-document';
import authServer from '../../openapi-auth.json';
import type { ApiSettings } from '../config/api-settings';

/**
 * The documents other than the API's own, by the URL path that serves them. The build
 * contains the auth server's document, from the file that is generated from its code.
 */
export function otherDocuments(
  api: OpenAPIObject,
  { apiUrl }: ApiSettings,
): Record<'openapi-auth.json' | 'openapi-all.json', OpenAPIObject> {
  const servers = [{ url: apiUrl }];
  const authDocument = { ...(authServer as unknown as OpenAPIObject), servers };
  return {
    'openapi-auth.json': authDocument,
    'openapi-all.json': mergeDocuments(api, authDocument),
  };
}
