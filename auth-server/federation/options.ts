import type { BetterAuthOptions } from 'better-auth';
import { getOAuthState } from 'better-auth/api';
import { toSafeProfile } from './provider-profile';
import type { AuthConfig } from '../common/config';
import { isEmailAddress } from '../common/email-address';

/**
 * An identity of a provider joins an account by itself only where both sides have proved
 * the same e-mail. Without the provider's proof anyone could take over an account by naming
 * its address elsewhere; without ours, whoever signed up first with somebody else's address
 * would wait for the owner to come along.
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
 * Nor does an account begin with an e-mail that the provider has not proved: its owner
 * would find it taken, and after proving the address share it with a stranger. And an
 * account with a second factor is joined by its signed-in user alone, or whoever reads the
 * owner's mail would walk around that factor.
 */
export const checkProviderUser: Validate = async ({ user, source }, ctx) => {
  if (source.method !== 'oauth' || source.action === 'sign-in') return undefined;
  if (!isEmailAddress(user.email)) return INVALID_EMAIL;
  if (user.emailVerified !== true) return UNPROVED_EMAIL;
  const isAsked = (await getOAuthState())?.link !== undefined;
  if (source.action === 'create-user' || isAsked || !user.id) return undefined;
  const owner = await ctx.context.internalAdapter.findUserById(user.id);
  return (owner as { twoFactorEnabled?: boolean } | null)?.twoFactorEnabled
    ? NOT_BY_ITSELF
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

const NOT_BY_ITSELF = {
  error: 'account_not_linked',
  errorDescription: 'Sign in with your second factor first, then link the provider.',
};

/** We ask a provider once who somebody is. What else its tokens could do is not kept. */
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

/** Endpoints that hand out or use what is not kept. */
export const PROVIDER_TOKEN_PATHS = ['/get-access-token', '/refresh-token', '/account-info'];

/** Google and GitHub, each where its client is set. */
export function socialProviders({ google, github, requireEmailVerification }: AuthConfig) {
  const rules = {
    requireEmailVerification,
    mapProfileToUser: toSafeProfile,
    // A token that someone brings along was not made for this sign-in: it may be stolen.
    disableIdTokenSignIn: true,
  };
  return {
    ...(google && { google: { ...google, ...rules, prompt: 'select_account' as const } }),
    ...(github && { github: { ...github, ...rules } }),
  };
}
