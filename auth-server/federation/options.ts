import { toSafeProfile } from './provider-profile';
import type { AuthConfig } from '../common/config';

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
