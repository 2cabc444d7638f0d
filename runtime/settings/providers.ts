import type { SettingValues } from './definitions';

/** How we are known to a provider of identities. */
export interface ProviderClient {
  clientId: string;
  clientSecret: string;
}

/** `null`: no sign-in with this provider. */
export interface ProviderSettings {
  google: ProviderClient | null;
  github: ProviderClient | null;
  oidc: (ProviderClient & { issuer: string }) | null;
}

/** A group with one value is complete: an incomplete group is refused elsewhere. */
export function toProviders(values: SettingValues): ProviderSettings {
  const { GOOGLE_CLIENT_ID: google, GITHUB_CLIENT_ID: github, OIDC_CLIENT_ID: oidc } = values;
  return {
    google: google ? { clientId: google, clientSecret: values.GOOGLE_CLIENT_SECRET! } : null,
    github: github ? { clientId: github, clientSecret: values.GITHUB_CLIENT_SECRET! } : null,
    oidc: oidc
      ? { issuer: values.OIDC_ISSUER!, clientId: oidc, clientSecret: values.OIDC_CLIENT_SECRET! }
      : null,
  };
}
