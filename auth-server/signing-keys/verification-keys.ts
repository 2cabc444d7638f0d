import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { VerifierParts } from './token-verifier';
import { readKeySet } from './token-verifier';

/** Endpoints of the OAuth provider that verify a token of this server. */
const VERIFYING = ['introspect', 'revoke', 'userinfo', 'end-session'].map(
  (name) => `/oauth2/${name}`,
);

/** What the provider reads from the jwt plugin. */
interface JwtPlugin {
  id: string;
  options: { jwks?: object };
}

/**
 * The provider verifies with the keys of the table. It would keep the key set of the jwt plugin for
 * 5 minutes, and read it again for an unknown key at most once in 30 s: after a key was withdrawn,
 * tokens of a new one were answered with 500, and a hint of the withdrawn one was accepted at a
 * sign-out. It also read the set through `AUTH_URL`.
 *
 * The provider asks the context for the plugin. It gets a copy whose `remoteUrl` is a function; the
 * provider calls it for each token, and keeps nothing.
 */
export function verificationKeys(parts: VerifierParts) {
  return {
    id: 'gatehouse-verification-keys',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path !== undefined && VERIFYING.includes(path),
          handler: createAuthMiddleware(({ context }) => {
            const find = context.getPlugin as (id: string) => JwtPlugin | null;
            const withTable = (id: string) => {
              const plugin = find(id);
              if (plugin === null || id !== 'jwt') return plugin;
              const jwks = { ...plugin.options.jwks, remoteUrl: () => readKeySet(parts) };
              return { ...plugin, options: { ...plugin.options, jwks } };
            };
            context.getPlugin = withTable as unknown as typeof context.getPlugin;
            return Promise.resolve();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
