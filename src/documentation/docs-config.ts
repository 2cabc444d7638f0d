import {
  API_SCOPES,
  API_SCOPE_TEXTS,
  type ApiScope,
  AUTH_BASE_PATH,
  DOCS_CLIENT_ID,
  SERVICE_ACCOUNT_SCOPES,
} from '../../contract';
import type { ApiSettings } from '../config/api-settings';

/** Scopes that Swagger UI requests at a sign-in: the identity, and a refresh token. */
const SIGN_IN_SCOPES = ['openid', 'profile', 'offline_access'];

type Settings = Pick<ApiSettings, 'apiUrl' | 'authUrl' | 'jwtIssuer' | 'jwtAudience'>;

/**
 * The values for the scripts of the page. Users are sent to the auth server; scripts call it
 * through the API, the origin of the page.
 */
export function toDocsConfig({ apiUrl, jwtIssuer, jwtAudience }: Settings) {
  return {
    apiUrl,
    clientId: DOCS_CLIENT_ID,
    issuer: jwtIssuer,
    audience: jwtAudience,
    scopes: SIGN_IN_SCOPES.join(' '),
    tokenUrl: `${apiUrl}${AUTH_BASE_PATH}/oauth2/token`,
    signOutUrl: `${apiUrl}/api/v1/auth/sign-out`,
  };
}

/** The security scheme of the document: the Authorize button. */
export function toOAuthScheme({ apiUrl, authUrl }: Settings) {
  return {
    type: 'oauth2' as const,
    description:
      'Signs you in on the page of the auth server: authorization code with PKCE. The client of ' +
      'this documentation and other first-party clients need no scope. Any other client needs the ' +
      'scopes of the route; a route without scopes is closed to it.',
    flows: {
      authorizationCode: {
        authorizationUrl: `${authUrl}${AUTH_BASE_PATH}/oauth2/authorize`,
        tokenUrl: `${apiUrl}${AUTH_BASE_PATH}/oauth2/token`,
        refreshUrl: `${apiUrl}${AUTH_BASE_PATH}/oauth2/token`,
        scopes: SCOPE_MEANINGS,
      },
    },
  };
}

/** How service accounts get their tokens. The page omits it, because no user signs in that way. */
export function toServiceAccountScheme({ apiUrl }: Settings) {
  return {
    type: 'oauth2' as const,
    description:
      'For service accounts: client credentials (RFC 6749, section 4.4) of a client that an administrator has registered, sent by HTTP Basic.',
    flows: {
      clientCredentials: {
        tokenUrl: `${apiUrl}${AUTH_BASE_PATH}/oauth2/token`,
        scopes: meaningsOf(SERVICE_ACCOUNT_SCOPES),
      },
    },
  };
}

const SCOPE_MEANINGS = {
  openid: 'The id of your account',
  profile: 'Your name, your picture, when your account was created and last changed',
  email: 'Your e-mail address and whether it is verified',
  offline_access: 'A token that can be renewed',
  ...meaningsOf(API_SCOPES),
};

function meaningsOf(scopes: readonly ApiScope[]): Record<string, string> {
  return Object.fromEntries(scopes.map((scope) => [scope, API_SCOPE_TEXTS[scope].meaning]));
}
