import { randomBytes } from 'node:crypto';
import { APIError } from 'better-auth/api';
import type { PoolClient } from 'pg';
import { isCodeScope, LOCKS } from '../../../contract';

export interface NewClient {
  clientId: string;
  /** As it is stored. */
  clientSecret: string | null;
  name: string;
  applicationType: 'web' | 'native';
  tokenEndpointAuthMethod: string;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  grantTypes: string[];
  scopes: string[];
  clientCredentialsScopes: string[];
  skipConsent: boolean;
  /** Its public keys, as JSON. */
  jwks: string | null;
}

const INSERT = `
  INSERT INTO oauth_client (id, client_id, client_secret, name, application_type,
    token_endpoint_auth_method, skip_consent, redirect_uris, post_logout_redirect_uris,
    grant_types, response_types, scopes, client_credentials_scopes, created_at, updated_at,
    jwks, require_pkce, enable_end_session, disabled)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, true, true, false)`;

const FIND = `
  SELECT s.name FROM oauth_resource_scope s JOIN oauth_resource r ON r.identifier = s.resource
   WHERE r.disabled IS NOT TRUE AND s.name = ANY ($1)`;

/**
 * Inserts a client whose scopes exist, in the transaction of the connection. A removal of scopes
 * waits for its end and then takes them away from this client, too
 * (migrations/1795689101000-AwaitNewClients).
 *
 * @throws {APIError} 400 for a scope that no resource has.
 */
export async function insertClient(connection: PoolClient, client: NewClient): Promise<void> {
  await connection.query('SELECT pg_advisory_xact_lock_shared($1)', [LOCKS.resourceScopes]);
  await assertKnown([...client.scopes, ...client.clientCredentialsScopes], connection);
  await connection.query(INSERT, toValues(client));
}

async function assertKnown(names: string[], connection: PoolClient): Promise<void> {
  const others = names.filter((name) => !isCodeScope(name));
  if (others.length === 0) return;
  const { rows } = await connection.query<{ name: string }>(FIND, [others]);
  const known = new Set(rows.map(({ name }) => name));
  if (others.every((name) => known.has(name))) return;
  throw new APIError('BAD_REQUEST', { code: 'UNKNOWN_SCOPE', message: 'A scope is unknown.' });
}

function toValues({ grantTypes, ...client }: NewClient): unknown[] {
  const responseTypes = grantTypes.includes('authorization_code') ? ['code'] : [];
  return [
    randomBytes(16).toString('hex'),
    client.clientId,
    client.clientSecret,
    client.name,
    client.applicationType,
    client.tokenEndpointAuthMethod,
    client.skipConsent,
    ...[
      client.redirectUris,
      client.postLogoutRedirectUris,
      grantTypes,
      responseTypes,
      client.scopes,
      client.clientCredentialsScopes,
    ].map((list) => JSON.stringify(list)),
    new Date(),
    client.jwks,
  ];
}
