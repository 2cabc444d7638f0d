import { oauthProvider } from '@better-auth/oauth-provider';
import type { Pool } from 'pg';
import { clientCredentials } from './client-credentials';
import { foreignTokens } from './foreign-tokens';
import { Grants } from './grants';
import { protocolAnswers } from './protocol-answers';
import { renewedScopes } from './renewed-scopes';
import { requestRules } from './request-rules';
import { revocation } from './revocation';
import { tokenClaims } from './token-claims';
import type { AuthConfig } from '../common/config';
import { SCOPES } from '../../contract';
import { OAUTH_MAPPING } from './schema';

/** Pages of the auth server, at its root. */
const PAGES = { signIn: '/sign-in', signUp: '/sign-up', consent: '/consent' } as const;

/** How long a refresh token is good for without use, in seconds; its session may end sooner. */
const REFRESH_TOKEN_LIFETIME_S = 30 * 24 * 60 * 60;

/** A code is exchanged by a program, at once (RFC 6749, section 4.1.2: at most 10 minutes). */
const CODE_LIFETIME_S = 60;

/**
 * The OAuth 2.1 and OpenID Connect authorization server, as Better-Auth plugins: Better-Auth's
 * provider, the rules that Gatehouse adds, and the credentials of clients (docs/guides/oauth.md).
 * Empty where the settings do not allow one: see {@link isAuthorizationServer}.
 */
export function authorizationServer(config: AuthConfig, pool: Pool) {
  if (!isAuthorizationServer(config)) return [];
  const grants = new Grants(pool);
  return [
    oauthProvider(providerOptions(config, grants)),
    requestRules(config),
    foreignTokens(config),
    revocation(grants, pool),
    protocolAnswers(grants),
    renewedScopes(pool),
    clientCredentials(),
  ];
}

/**
 * Whether tokens can be issued by OAuth at all: the issuer must be an http(s) address
 * without query, fragment and closing slash (RFC 8414, section 2), and the audience a URI
 * without fragment (RFC 8707, section 2).
 */
export function isAuthorizationServer({ jwtIssuer, jwtAudience }: AuthConfig): boolean {
  const issuer = URL.parse(jwtIssuer);
  const isAddress = issuer !== null && ['http:', 'https:'].includes(issuer.protocol);
  return (
    isAddress &&
    !/[?#]|\/$/.test(jwtIssuer) &&
    URL.canParse(jwtAudience) &&
    !jwtAudience.includes('#')
  );
}

function providerOptions(config: AuthConfig, grants: Grants) {
  const lifetime = Math.floor(config.jwtTtl / 1_000);
  return {
    loginPage: config.authUrl + PAGES.signIn,
    consentPage: config.authUrl + PAGES.consent,
    signup: { page: config.authUrl + PAGES.signUp },
    scopes: [...SCOPES],
    accessTokenExpiresIn: lifetime,
    m2mAccessTokenExpiresIn: lifetime,
    idTokenExpiresIn: lifetime,
    refreshTokenExpiresIn: REFRESH_TOKEN_LIFETIME_S,
    codeExpiresIn: CODE_LIFETIME_S,
    resources: [{ identifier: config.jwtAudience, name: 'Gatehouse API' }],
    // One API, and every client is for it.
    enforcePerClientResources: false,
    allowDynamicClientRegistration: false,
    // Clients are administrators' business, and the API's to ask for (src/admin/clients.*).
    clientPrivileges: () => false,
    resourcePrivileges: () => false,
    extensions: [tokenClaims(grants)],
    schema: OAUTH_MAPPING,
    silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
  };
}
