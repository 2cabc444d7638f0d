import type { OpenAPIObject } from '@nestjs/swagger';
import { mergeDocuments } from './merged-document';
import authServer from '../../openapi-auth.json';
import type { ApiSettings } from '../config/api-settings';

/**
 * The documents besides the API's own, by the address at which each is served. The auth
 * server's comes with the build, from the file that is kept in step with its code.
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
