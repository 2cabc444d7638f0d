import type { Client, ClientType, CreateClient, UpdateClient } from './clients.schemas';
import { OAUTH_TABLES, USER_SCOPES } from '../../../contract';
import type { OAuthClientEntity } from '../../database/entities/oauth-client.entity';

const { columns } = OAUTH_TABLES.oauthClient;

/** The columns that a response shows and that can change. */
const SHOWN = [
  'name',
  'tokenEndpointAuthMethod',
  'redirectUris',
  'grantTypes',
  'scopes',
  'clientCredentialsScopes',
  'skipConsent',
  'disabled',
  'jwks',
] as const;

type ShownRow = Pick<OAuthClientEntity, (typeof SHOWN)[number]>;

/** A row is the same client in a response while these columns have these values. */
export function shownColumnsOf(row: ShownRow): Record<string, unknown> {
  return Object.fromEntries(SHOWN.map((key) => [columns[key], row[key]]));
}

/** The response shape of a client, without its secret. */
export function toClient(
  row: ShownRow & Pick<OAuthClientEntity, 'clientId' | 'createdAt'>,
): Client {
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
function typeOf({ grantTypes, tokenEndpointAuthMethod }: ShownRow): ClientType {
  if (grantTypes?.includes('client_credentials')) return 'machine';
  return tokenEndpointAuthMethod === 'none' ? 'public' : 'confidential';
}

/** The body with which the auth server creates a client. */
export function toRegistration({
  name,
  type,
  redirectUris = [],
  scopes = [...USER_SCOPES],
  firstParty = false,
  jwks,
}: CreateClient) {
  const isServiceAccount = type === 'machine';
  const bySecretOrKeys = jwks ? 'private_key_jwt' : 'client_secret_basic';
  return {
    ...toColumns({ name, type, redirectUris, scopes }),
    skipConsent: firstParty,
    authMethod: type === 'public' ? 'none' : bySecretOrKeys,
    ...(jwks && { jwks }),
    grantTypes: isServiceAccount ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
  };
}

/** The columns that follow from the fields of a request. */
function toColumns({
  name,
  type,
  redirectUris,
  scopes,
}: Pick<Client, 'name' | 'type' | 'redirectUris' | 'scopes'>) {
  const isNative = redirectUris.some((uri) => uri.startsWith('http:'));
  return {
    name,
    redirectUris,
    postLogoutRedirectUris: redirectUris,
    // OpenID Connect Registration 1.0, section 2.
    applicationType: isNative ? 'native' : 'web',
    scopes: type === 'machine' ? [] : scopes,
    clientCredentialsScopes: type === 'machine' ? scopes : [],
  };
}

/** Columns of fields that the change does not contain keep their values. */
export function toChangedColumns(change: UpdateClient, after: Client) {
  const { name, scopes, clientCredentialsScopes, ...addresses } = toColumns(after);
  return {
    ...(change.name !== undefined && { name }),
    ...(change.scopes !== undefined && { scopes, clientCredentialsScopes }),
    ...(change.redirectUris !== undefined && addresses),
    ...(change.firstParty !== undefined && { skipConsent: change.firstParty }),
  };
}
