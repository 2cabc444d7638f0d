import type { FastifyInstance } from 'fastify';
import { API_SCOPES } from '../../contract';
import type { ApiSettings } from '../config/api-settings';

/** Where the auth server describes itself; passed through, like everything that it answers. */
export const AUTH_SERVER_DOCUMENTS = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
];

const RESOURCE_DOCUMENT = '/.well-known/oauth-protected-resource';

/** Tells a client of the API where to get tokens for it (RFC 9728). For everyone, from anywhere. */
export function serveResourceMetadata(fastify: FastifyInstance, settings: ApiSettings): void {
  const document = {
    resource: settings.jwtAudience,
    resource_name: 'Gatehouse API',
    authorization_servers: [settings.jwtIssuer],
    scopes_supported: [...API_SCOPES],
    bearer_methods_supported: ['header'],
    resource_documentation: `${settings.apiUrl}/docs`,
  };
  fastify.get(RESOURCE_DOCUMENT, (_request, reply) =>
    reply
      .removeHeader('access-control-allow-credentials')
      .headers({
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=300',
        'cross-origin-resource-policy': 'cross-origin',
      })
      .send(document),
  );
}
