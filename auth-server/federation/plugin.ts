import type { AuthContext, BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { genericOAuth } from 'better-auth/plugins';
import { limitProvider, REQUEST_LIMIT_MS, withinLimit, withinRequest } from './provider-limits';
import { toSafeProfile } from './provider-profile';
import { whileLeft } from '../admission/plugin';
import type { AuthConfig } from '../common/config';
import type { Logger } from '../../runtime/logger';

const OIDC_PROVIDER_ID = 'oidc';

/** Longest that a provider delays the start, in milliseconds. The discovery is repeated at its first use. */
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
  const plugin = genericOAuth({ config: [toProviderConfig(oidc, config)] });
  const discover = async (context: AuthContext, limitMs: number) => {
    const found = await withinLimit(limitMs, () => plugin.init(context));
    const provider = found?.context.socialProviders.find(({ id }) => id === OIDC_PROVIDER_ID);
    return provider ? limitProvider(provider) : null;
  };
  const init = async (context: AuthContext) => {
    const provider = await discover(context, START_LIMIT_MS);
    return { context: { socialProviders: withProvider(context.socialProviders, provider) } };
  };
  const discoverOnce = oneAtATime((context) => discover(context, REQUEST_LIMIT_MS));
  const find: Discover = (context) => whileLeft(() => withinRequest(() => discoverOnce(context)));
  // The hooks of the plugin repeat the discovery with a longer limit: `availability` does it.
  return [{ ...plugin, init, hooks: {} }, availability({ oidc, logger, find })];
}

type Discover = (context: AuthContext) => Promise<Provider | null>;
type Provider = AuthContext['socialProviders'][number];

/** Requests share the discovery that runs: callers without an account cannot begin many of them. */
function oneAtATime(discover: Discover): Discover {
  let running: Promise<Provider | null> | undefined;
  return (context) => {
    running ??= discover(context).finally(() => (running = undefined));
    return running;
  };
}

function withProvider(others: Provider[], provider: Provider | null): Provider[] {
  return provider ? [provider, ...others] : others;
}

function toProviderConfig(oidc: OidcSettings, { requireEmailVerification }: AuthConfig) {
  return {
    providerId: OIDC_PROVIDER_ID,
    discoveryUrl: toDiscoveryUrl(oidc),
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    // Every provider has to support this method (RFC 6749, section 2.3.1).
    authentication: 'basic' as const,
    scopes: ['openid', 'email', 'profile'],
    pkce: true,
    requireIdTokenVerification: true,
    requireEmailVerification,
    // A sign-out here does not end the session at the provider.
    disableProviderLogout: true,
    mapProfileToUser: toSafeProfile,
  };
}

/** OpenID Connect Discovery 1.0, section 4. */
function toDiscoveryUrl({ issuer }: OidcSettings): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/**
 * Repeats the discovery when the provider was unavailable before. The discovery document must
 * contain exactly the configured issuer (OpenID Connect Discovery 1.0, section 4.3); the
 * document of another issuer is not used.
 */
function availability(parts: { oidc: OidcSettings; logger: Logger; find: Discover }) {
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
            if (await isAvailable(context, parts)) return;
            // At the callback Better-Auth redirects to the error page.
            if (!path.startsWith('/callback/'))
              throw new APIError('SERVICE_UNAVAILABLE', UNREACHABLE);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

async function isAvailable(
  context: AuthContext,
  { oidc, logger, find }: Parameters<typeof availability>[0],
): Promise<boolean> {
  const { socialProviders } = context;
  const indexOf = () => socialProviders.findIndex(({ id }) => id === OIDC_PROVIDER_ID);
  const found = indexOf() < 0 ? await find(context) : null;
  // Another request may have found it at the same time.
  if (found && indexOf() < 0) socialProviders.unshift(found);
  const index = indexOf();
  const issuer = socialProviders[index]?.issuer;
  if (issuer === oidc.issuer) return true;
  if (index >= 0) {
    socialProviders.splice(index, 1);
    logger.error({ found: issuer }, 'the OpenID Connect provider has another issuer');
  }
  return false;
}

const UNREACHABLE = {
  code: 'PROVIDER_UNAVAILABLE',
  message: 'The sign-in provider cannot be reached. Try again later.',
};

/** Endpoints that redirect to a provider. */
const STARTING_PATHS = ['/sign-in/social', '/link-social'];

/**
 * Sign-in with a provider is possible by redirect only. An id token in the request proves
 * that a user signed in with the provider, not that it was issued for this caller.
 */
export const redirectsOnly = {
  id: 'provider-redirects-only',
  hooks: {
    before: [
      {
        matcher: ({ path, body }) =>
          STARTING_PATHS.includes(path ?? '') &&
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

/**
 * Better-Auth stores `additionalData` of the request with the state, for code that reads it at the
 * callback. Here no code reads it, and a caller without an account would choose what is stored. It is
 * ignored, as fields that are not known are.
 */
export const withoutAdditionalData = {
  id: 'without-additional-data',
  hooks: {
    before: [
      {
        matcher: ({ path }) => STARTING_PATHS.includes(path ?? ''),
        handler: createAuthMiddleware(({ body }) => {
          // Changed in place: a hook cannot remove a field in another way.
          delete (body as { additionalData?: unknown } | undefined)?.additionalData;
          return Promise.resolve();
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

export { providerLimits } from './provider-limits';
