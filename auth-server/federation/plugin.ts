import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { genericOAuth } from 'better-auth/plugins';
import { withinLimit } from './provider-limits';
import { toSafeProfile } from './provider-profile';
import type { AuthConfig } from '../common/config';
import type { Logger } from '../../runtime/logger';

const OIDC_PROVIDER_ID = 'oidc';

/** A provider that is silent delays the start by no more than this; it is asked again at first use. */
const START_LIMIT_MS = 2_000;

type OidcSettings = NonNullable<AuthConfig['oidc']>;

/**
 * Any OpenID Connect provider, by discovery: authorization code with PKCE and a nonce, an
 * id token whose signature, issuer, audience and nonce are checked. The server starts
 * without a provider that is unavailable; a sign-in with it gets an error.
 */
export function openIdConnect({ config, logger }: { config: AuthConfig; logger: Logger }) {
  const { oidc } = config;
  if (!oidc) return [];
  const plugin = genericOAuth({
    config: [
      {
        providerId: OIDC_PROVIDER_ID,
        discoveryUrl: toDiscoveryUrl(oidc),
        clientId: oidc.clientId,
        clientSecret: oidc.clientSecret,
        // The way that every provider has to support (RFC 6749, section 2.3.1).
        authentication: 'basic',
        scopes: ['openid', 'email', 'profile'],
        pkce: true,
        requireIdTokenVerification: true,
        requireEmailVerification: config.requireEmailVerification,
        // Signing out here says nothing about the provider's own session.
        disableProviderLogout: true,
        mapProfileToUser: toSafeProfile,
      },
    ],
  });
  const init: typeof plugin.init = (context) =>
    withinLimit(START_LIMIT_MS, () => plugin.init(context));
  return [{ ...plugin, init }, availability({ oidc, logger })];
}

/** OpenID Connect Discovery 1.0, section 4. */
function toDiscoveryUrl({ issuer }: OidcSettings): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/**
 * Stands behind the provider's plugin, which has tried to reach it once more by then.
 * What discovery says must come from the issuer that is set, character by character
 * (OpenID Connect Discovery 1.0, section 4.3): a document of another one is not used.
 */
function availability({ oidc, logger }: { oidc: OidcSettings; logger: Logger }) {
  return {
    id: 'oidc-availability',
    hooks: {
      before: [
        {
          matcher: ({ body, params }) =>
            [(body as { provider?: unknown } | undefined)?.provider, params?.id].includes(
              OIDC_PROVIDER_ID,
            ),
          handler: createAuthMiddleware(async ({ context, path }) => {
            const { socialProviders } = context;
            const index = socialProviders.findIndex(({ id }) => id === OIDC_PROVIDER_ID);
            const found = socialProviders[index]?.issuer;
            if (found === oidc.issuer) return;
            if (index >= 0) {
              socialProviders.splice(index, 1);
              logger.error({ found }, 'the OpenID Connect provider calls itself another issuer');
            }
            // At the callback Better-Auth redirects to the error page.
            if (!path.startsWith('/callback/')) throw new APIError('SERVICE_UNAVAILABLE', AWAY);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

const AWAY = {
  code: 'PROVIDER_UNAVAILABLE',
  message: 'The sign-in provider cannot be reached. Try again later.',
};

/**
 * Sign-in with a provider is possible by redirect only. An id token in the request proves
 * that a user signed in with the provider, not that it was issued for this caller.
 */
export const redirectsAlone = {
  id: 'provider-redirects-alone',
  hooks: {
    before: [
      {
        matcher: ({ path, body }) =>
          ['/sign-in/social', '/link-social'].includes(path ?? '') &&
          (body as { idToken?: unknown } | undefined)?.idToken !== undefined,
        handler: createAuthMiddleware(() => {
          throw new APIError('BAD_REQUEST', {
            code: 'ID_TOKEN_NOT_SUPPORTED',
            message: 'Sign in with the provider by redirect.',
          });
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;
