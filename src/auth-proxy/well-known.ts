import type { FastifyInstance } from 'fastify';
import { API_SCOPES, isAuthorizationServer } from '../../contract';
import { PUBLIC_DOCUMENT_HEADERS } from '../../runtime/http/public-document';
import type { ApiSettings } from '../config/api-settings';
import { RESOURCE_DOCUMENT } from '../config/resource-metadata';

/** Names the authorization server to clients of the API (RFC 9728). Public, for every origin. */
export function serveResourceMetadata(fastify: FastifyInstance, settings: ApiSettings): void {
  const document = {
    resource: settings.jwtAudience,
    resource_name: 'Gatehouse API',
    ...(isAuthorizationServer(settings) && { authorization_servers: [settings.jwtIssuer] }),
    scopes_supported: [...API_SCOPES],
    bearer_methods_supported: ['header'],
    ...(settings.apiDocs && { resource_documentation: `${settings.apiUrl}/docs` }),
  };
  fastify.get(RESOURCE_DOCUMENT, (_request, reply) =>
    reply
      .removeHeader('access-control-allow-credentials')
      .headers(PUBLIC_DOCUMENT_HEADERS)
      .send(document),
  );
}
