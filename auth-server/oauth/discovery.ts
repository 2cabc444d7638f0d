import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import { Resources } from './resources/resources';
import type { AuthConfig } from '../common/config';
import {
  AUTH_BASE_PATH,
  AUTHORIZATION_SERVER_DOCUMENT,
  INTROSPECTION_PATH,
  isAuthorizationServer,
  JWKS_PATH,
  OPENID_DOCUMENT,
  SCOPES,
} from '../../contract';
import { PUBLIC_DOCUMENT_HEADERS } from '../../runtime/http/public-document';
import { CLIENT_KEY_ALGORITHMS } from '../../runtime/tokens/client-keys';

/** By a secret (RFC 6749, section 2.3.1) and by keys (RFC 7523). */
const CLIENT_AUTH_METHODS = ['client_secret_basic', 'private_key_jwt'];

/**
 * Many client libraries send the secret in the form. The API, which introspects, reads no secret.
 *
 * `none` is last: the order has no meaning, but some libraries, for example pac4j, take the first
 * method that they know, and would not send their secret.
 */
const FORM_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];

/**
 * The metadata of the authorization server (RFC 8414; OpenID Connect Discovery 1.0). It is written
 * here because the provider also lists features that are not configured.
 * test/oauth/discovery.spec.ts exercises each item.
 */
function describeAuthorizationServer(config: AuthConfig, scopes: readonly string[]) {
  const base = config.authUrl + AUTH_BASE_PATH;
  return {
    issuer: config.jwtIssuer,
    authorization_endpoint: `${base}/oauth2/authorize`,
    token_endpoint: `${base}/oauth2/token`,
    jwks_uri: base + JWKS_PATH,
    userinfo_endpoint: `${base}/oauth2/userinfo`,
    // The API answers, also about tokens for other resource servers.
    introspection_endpoint: config.apiUrl + AUTH_BASE_PATH + INTROSPECTION_PATH,
    revocation_endpoint: `${base}/oauth2/revoke`,
    end_session_endpoint: `${base}/oauth2/end-session`,
    scopes_supported: [...SCOPES, ...scopes],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: FORM_AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: CLIENT_KEY_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: CLIENT_AUTH_METHODS,
    introspection_endpoint_auth_signing_alg_values_supported: CLIENT_KEY_ALGORITHMS,
    // RFC 9701, section 7.
    introspection_signing_alg_values_supported: [config.jwtAlgorithm],
    revocation_endpoint_auth_methods_supported: FORM_AUTH_METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: CLIENT_KEY_ALGORITHMS,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [config.jwtAlgorithm],
    claims_supported: CLAIMS.split(' '),
    acr_values_supported: ['0'],
    prompt_values_supported: ['none', 'login', 'consent', 'create', 'select_account'],
    authorization_response_iss_parameter_supported: true,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    ...(config.apiDocs && { service_documentation: `${config.apiUrl}/docs` }),
  };
}

/** Claims of the ID token and of userinfo. */
const CLAIMS =
  'iss sub aud exp iat auth_time amr nonce acr at_hash sid ' +
  'name given_name family_name picture email email_verified';

/**
 * Serves the metadata at all standard URLs: below the issuer, with the issuer's path after the
 * well-known name (RFC 8414, section 3) or before it (OpenID Connect Discovery 1.0, section 4),
 * and beside the endpoints. It is public.
 */
export function discovery(config: AuthConfig, pool: Pool): RequestHandler {
  const places = discoveryPaths(config);
  const scopes = new LastKnownScopes(new Resources(pool, config));
  return async (request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || !places.has(request.path)) return next();
    response.removeHeader('Access-Control-Allow-Credentials');
    response.set(PUBLIC_DOCUMENT_HEADERS);
    response.json(describeAuthorizationServer(config, await scopes.read()));
  };
}

/** The metadata is also served while the database is unavailable. */
class LastKnownScopes {
  private names: string[] = [];

  constructor(private readonly resources: Resources) {}

  async read(): Promise<string[]> {
    const scopes = await this.resources.listScopes().catch(() => null);
    if (scopes) this.names = scopes.map(({ name }) => name);
    return this.names;
  }
}

/** The paths of the metadata; none without an authorization server. */
export function discoveryPaths(config: AuthConfig): Set<string> {
  return isAuthorizationServer(config) ? placesOf(config) : new Set();
}

function placesOf({ jwtIssuer }: AuthConfig): Set<string> {
  const issuerPath = new URL(jwtIssuer).pathname.replace(/\/$/, '');
  return new Set(
    [AUTHORIZATION_SERVER_DOCUMENT, OPENID_DOCUMENT].flatMap((document) =>
      ['', issuerPath, AUTH_BASE_PATH].flatMap((path) => [path + document, document + path]),
    ),
  );
}
