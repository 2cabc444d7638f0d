import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { AuthConfig } from '../common/config';
import { DOCS_CLIENT_ID, LOOPBACK_HOSTS, SCOPES } from '../../contract';

/** The redirect path of Swagger UI, below the URL of the API. */
const REDIRECT_PATH = '/docs/oauth2-redirect.html';

/**
 * The settings decide the rights of this client; an administrator can disable it. An unchanged row
 * is not written, so auth servers that start together do not wait for each other and send no
 * notification.
 */
const UPSERT = `
  INSERT INTO oauth_client AS c (
    id, client_id, name, application_type, redirect_uris, post_logout_redirect_uris, scopes,
    grant_types, response_types, token_endpoint_auth_method, require_pkce, skip_consent,
    enable_end_session, client_credentials_scopes, updated_at)
  VALUES ($1, $2, 'Gatehouse documentation', $3, $4, $5, $6,
    '["authorization_code", "refresh_token"]', '["code"]', 'none', true, true, true, '[]', now())
  ON CONFLICT (client_id) DO UPDATE SET
    application_type = excluded.application_type, redirect_uris = excluded.redirect_uris,
    post_logout_redirect_uris = excluded.post_logout_redirect_uris, scopes = excluded.scopes,
    grant_types = excluded.grant_types, updated_at = excluded.updated_at
  WHERE (c.application_type, c.redirect_uris, c.post_logout_redirect_uris, c.scopes, c.grant_types)
    IS DISTINCT FROM (excluded.application_type, excluded.redirect_uris,
                      excluded.post_logout_redirect_uris, excluded.scopes, excluded.grant_types)`;

/** Registers the client of the API's documentation at each start: the URL may have changed. */
export async function registerDocsClient({ apiUrl }: AuthConfig, pool: Pool): Promise<void> {
  const addresses = addressesOf(apiUrl);
  await pool.query(UPSERT, [
    randomUUID(),
    DOCS_CLIENT_ID,
    // OpenID Connect Registration 1.0, section 2: plain http is for native clients on loopback.
    apiUrl.startsWith('https://') ? 'web' : 'native',
    JSON.stringify(addresses.map((address) => address + REDIRECT_PATH)),
    JSON.stringify(addresses.flatMap((address) => [`${address}/docs`, `${address}/docs/`])),
    JSON.stringify(SCOPES),
  ]);
}

/** In development the API is opened with each name of the host. */
function addressesOf(apiUrl: string): string[] {
  const { protocol, hostname, port } = new URL(apiUrl);
  if (protocol !== 'http:' || !LOOPBACK_HOSTS.includes(hostname)) return [apiUrl];
  return LOOPBACK_HOSTS.map((host) => `http://${host}${port && `:${port}`}`);
}
