import type { AuthConfig } from '../common/config';
import { TEXTS } from './common/texts';

/** A sign-in provider: the id of Better-Auth, and the name for users. */
export interface Provider {
  id: string;
  name: string;
}

/** The configured providers. */
export function providersOf({ google, github, oidc }: AuthConfig): Provider[] {
  return [
    ...(google ? [{ id: 'google', name: 'Google' }] : []),
    ...(github ? [{ id: 'github', name: 'GitHub' }] : []),
    ...(oidc ? [{ id: 'oidc', name: TEXTS.signIn.oidcProvider }] : []),
  ];
}
