import type { AuthConfig } from '../common/config';
import { TEXTS } from './common/texts';

/** A way in by another site: what Better-Auth calls it, and what people do. */
export interface Provider {
  id: string;
  name: string;
}

/** Those that are switched on. */
export function providersOf({ google, github, oidc }: AuthConfig): Provider[] {
  return [
    ...(google ? [{ id: 'google', name: 'Google' }] : []),
    ...(github ? [{ id: 'github', name: 'GitHub' }] : []),
    ...(oidc ? [{ id: 'oidc', name: TEXTS.signIn.oidcProvider }] : []),
  ];
}
