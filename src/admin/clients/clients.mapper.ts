import type { Client, ClientType } from './clients.schemas';
import type { OAuthClientEntity } from '../../database/entities/oauth-client.entity';

/** The response shape of a client, without its secret. */
export function toClient(row: OAuthClientEntity): Client {
  const type = typeOf(row);
  return {
    clientId: row.clientId,
    name: row.name ?? '',
    type,
    redirectUris: row.redirectUris,
    grantTypes: row.grantTypes ?? [],
    scopes: (type === 'machine' ? row.clientCredentialsScopes : row.scopes) ?? [],
    // The column has no meaning for a service account, which has no user.
    firstParty: type !== 'machine' && (row.skipConsent ?? false),
    disabled: row.disabled,
    ...(row.jwks !== null && { jwks: JSON.parse(row.jwks) as Client['jwks'] }),
    createdAt: row.createdAt.toISOString(),
  };
}

/** The type is not stored: it follows from the grant types and the authentication method. */
function typeOf({ grantTypes, tokenEndpointAuthMethod }: OAuthClientEntity): ClientType {
  if (grantTypes?.includes('client_credentials')) return 'machine';
  return tokenEndpointAuthMethod === 'none' ? 'public' : 'confidential';
}
