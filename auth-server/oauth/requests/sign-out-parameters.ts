import { SafeUrlSchema } from '@better-auth/core/utils/redirect-uri';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';

const URI = 'post_logout_redirect_uri';

/**
 * The parameters of a sign-out that a client requests. One without a value counts as missing (RFC
 * 6749, section 3.1). A URI that cannot be registered is not registered: the user is signed out and
 * stays here (RP-Initiated Logout 1.0, section 3). The provider refuses the request for both, and
 * the user would stay signed in.
 */
export const signOutParameters = {
  id: 'gatehouse-sign-out-parameters',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === '/oauth2/end-session',
        handler: createAuthMiddleware(({ body, query }) => {
          // Before the endpoint checks them, and in place: a hook cannot remove a parameter.
          for (const given of [body, query]) correct((given ?? {}) as Record<string, unknown>);
          return Promise.resolve();
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

function correct(given: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(given)) {
    const isRefused = name === URI && !SafeUrlSchema.safeParse(value).success;
    if (value === '' || isRefused) delete given[name];
  }
}
