import type { BetterAuthOptions } from 'better-auth';
import type { GoogleProfile } from 'better-auth/social-providers';
import { getOAuthState } from 'better-auth/api';
import { toGoogleProfile, toSafeProfile } from './provider-profile';
import type { AuthConfig } from '../common/config';
import { isEmailAddress } from '../common/email-address';

/**
 * A provider is linked to an existing account automatically only when both sides have verified the
 * same e-mail address. Without the check of the provider, an attacker could take an account over
 * by naming its address at the provider. Without the check of the account, an attacker could sign
 * up with the address of another person first and share the account when that person signs in with
 * the provider.
 */
export const ACCOUNT_LINKING = {
  accountLinking: {
    enabled: true,
    allowDifferentEmails: false,
    updateUserInfoOnLink: false,
  },
  updateAccountOnSignIn: false,
} satisfies BetterAuthOptions['account'];

type Validate = NonNullable<NonNullable<BetterAuthOptions['user']>['validateUserInfo']>;

/**
 * Refuses a provider user whose e-mail address the provider has not verified: an account with it
 * would block the address for its owner. Refuses to link automatically an account that has a
 * second factor: access to the mailbox would replace that factor. Its signed-in user can link it.
 */
export const checkProviderUser: Validate = async ({ user, source }, ctx) => {
  if (source.method !== 'oauth' || source.action === 'sign-in') return undefined;
  if (!isEmailAddress(user.email)) return INVALID_EMAIL;
  if (user.emailVerified !== true) return UNPROVED_EMAIL;
  const isAsked = (await getOAuthState())?.link !== undefined;
  if (source.action === 'create-user' || isAsked || !user.id) return undefined;
  const owner = await ctx.context.internalAdapter.findUserById(user.id);
  return (owner as { twoFactorEnabled?: boolean } | null)?.twoFactorEnabled
    ? LINKING_REFUSED
    : undefined;
};

const INVALID_EMAIL = {
  error: 'invalid_email',
  errorDescription: 'The e-mail address of the provider is not valid.',
};

const UNPROVED_EMAIL = {
  error: 'email_not_verified',
  errorDescription: 'The provider has not verified the e-mail address.',
};

const LINKING_REFUSED = {
  error: 'account_not_linked',
  errorDescription: 'Sign in with your second factor first, then link the provider.',
};

/**
 * The tokens of the provider are not stored: they are used only to read the profile at the
 * sign-in.
 */
const withoutTokens = async () => ({
  data: {
    accessToken: null,
    refreshToken: null,
    idToken: null,
    accessTokenExpiresAt: null,
    refreshTokenExpiresAt: null,
  },
});

export const FORGET_PROVIDER_TOKENS = {
  create: { before: withoutTokens },
  update: { before: withoutTokens },
};

/** Disabled: these endpoints return or use tokens of providers, which are not stored. */
export const PROVIDER_TOKEN_PATHS = ['/get-access-token', '/refresh-token', '/account-info'];

/** Google and GitHub, when their client is configured. */
export function socialProviders({ google, github, requireEmailVerification }: AuthConfig) {
  const rules = {
    requireEmailVerification,
    mapProfileToUser: toSafeProfile,
    // An ID token in a request was not issued for this sign-in: it may be stolen.
    disableIdTokenSignIn: true,
  };
  return {
    ...(google && {
      google: {
        ...google,
        ...rules,
        prompt: 'select_account' as const,
        mapProfileToUser: (claims: GoogleProfile) => toGoogleProfile(claims, google.clientId),
      },
    }),
    ...(github && { github: { ...github, ...rules } }),
  };
}
