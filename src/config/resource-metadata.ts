import { isAuthorizationServer } from '../../contract';
import type { ApiSettings } from './api-settings';

/** Path of the metadata of the API (RFC 9728). */
export const RESOURCE_DOCUMENT = '/.well-known/oauth-protected-resource';

/**
 * URL of the metadata, or `null` when there is no authorization server, or when the audience is not
 * the URL of the API: clients then refuse the metadata that the URL leads to (RFC 9728, section 3.3).
 */
export function resourceMetadataUrl(settings: ApiSettings): string | null {
  const { apiUrl, jwtAudience } = settings;
  const isOfUrl = isAuthorizationServer(settings) && jwtAudience === apiUrl;
  return isOfUrl ? apiUrl + RESOURCE_DOCUMENT : null;
}
