import { APIError } from 'better-auth/api';
import { oauthProvider } from '@better-auth/oauth-provider';
import type { Pool } from 'pg';
import { authorizationRequests } from './requests/authorization-request';
import { clientCredentials } from './client-credentials';
import { continueAfterSignIn } from './requests/continued-authorization';
import { singleConsent } from './consents/single-consent';
import { exactIssuer } from './requests/exact-issuer';
import { foreignTokens } from './foreign-tokens';
import { hintedUser } from './requests/hinted-user';
import { introspection } from './token-state/introspection';
import { introspectionTokens } from './token-state/introspection-token';
import { Grants } from './token-state/grants';
import { protocolAnswers } from './protocol-answers';
import { replayedTokens } from './replayed-tokens';
import { renewals } from './renewals';
import { refusedParameters } from './requests/refused-parameters';
import { requestRules } from './requests/request-rules';
import { signOutParameters } from './requests/sign-out-parameters';
import { UsedCodes, usedCodes } from './requests/used-codes';
import { Resources } from './resources/resources';
import { revocation } from './revocation';
import { tokenClaims } from './token-claims';
import { tokenSigner } from './token-signer';
import { userInfoInForce } from './token-state/user-info';
import type { AuthConfig } from '../common/config';
import { CLOCK_TOLERANCE_SECONDS, isAuthorizationServer, SCOPES } from '../../contract';
import { SigningKeys } from '../signing-keys/signing-keys';
import { TokenVerifier } from '../signing-keys/token-verifier';
import { verificationKeys } from '../signing-keys/verification-keys';
import { OAUTH_MAPPING } from './schema';

/** Paths of pages of the auth server. */
const PAGES = { signIn: '/sign-in', signUp: '/sign-up', consent: '/consent' } as const;

/** The lifetime of a refresh token without use, in seconds; its session may end sooner. */
const REFRESH_TOKEN_LIFETIME_S = 30 * 24 * 60 * 60;

/** A client exchanges a code at once (RFC 6749, section 4.1.2: at most 10 minutes). */
const CODE_LIFETIME_S = 60;

/** How far away the end of a client assertion may be, in seconds. */
const ASSERTION_LIFETIME_S = 5 * 60;

/**
 * The OAuth 2.1 and OpenID Connect authorization server: the provider plugin of Better-Auth, rules
 * of Gatehouse, and client credentials. Empty when the settings do not allow one: {@link
 * isAuthorizationServer}.
 */
export function authorizationServer(config: AuthConfig, pool: Pool) {
  if (!isAuthorizationServer(config)) return [];
  const grants = new Grants(pool);
  const resources = new Resources(pool, config);
  const codes = new UsedCodes({ config, pool });
  const verifierParts = { config, signingKeys: new SigningKeys(config, pool) };
  return [
    continueAfterSignIn(oauthProvider(providerOptions({ config, grants, resources, codes }))),
    singleConsent(pool),
    refusedParameters,
    signOutParameters,
    authorizationRequests(verifierParts),
    // After the provider, whose hook continues an authorization after a sign-in.
    hintedUser(verifierParts),
    exactIssuer(config),
    requestRules({ pool, resources }),
    tokenSigner(resources),
    foreignTokens({ resources, verifier: new TokenVerifier(verifierParts) }),
    verificationKeys(verifierParts),
    revocation(grants, pool),
    introspection({ config, grants, resources, pool }),
    userInfoInForce,
    protocolAnswers,
    replayedTokens(pool),
    usedCodes(codes),
    clientCredentials(pool),
    introspectionTokens(config),
    // Last: its hook commits what the answer says.
    renewals(pool),
  ];
}

interface ProviderParts {
  config: AuthConfig;
  grants: Grants;
  resources: Resources;
  codes: UsedCodes;
}

function providerOptions({ config, ...parts }: ProviderParts) {
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
    assertionMaxLifetime: ASSERTION_LIFETIME_S + CLOCK_TOLERANCE_SECONDS,
    resources: [{ identifier: config.jwtAudience, name: 'Gatehouse API' }],
    // The scopes of a client decide about its resources.
    enforcePerClientResources: false,
    allowDynamicClientRegistration: false,
    clientPrivileges: refuseManagement,
    resourcePrivileges: refuseManagement,
    extensions: [tokenClaims(parts)],
    schema: OAUTH_MAPPING,
    silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
  };
}

/**
 * Administrators manage clients and resources in the API (src/admin/). The provider's own refusal
 * is a 401 without a body, also for a session that is valid.
 */
function refuseManagement(): never {
  throw new APIError('FORBIDDEN', {
    error: 'access_denied',
    error_description: 'Administrators manage OAuth clients at /api/v1/admin of the API.',
  });
}
