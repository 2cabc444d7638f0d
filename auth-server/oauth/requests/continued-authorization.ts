import type { AfterHook } from '../../common/hook-types';
import { beginsSession } from '../../common/caller';

/**
 * The provider takes every answer that sets the cookie of a session for a sign-in: it removes
 * `prompt=login` and continues the authorization. An answer that extends a session sets the cookie
 * too, and the user has not signed in. It leaves the authorization as it is.
 */
export function continueAfterSignIn<P extends { hooks: { after: AfterHook[] } }>(provider: P): P {
  for (const hook of provider.hooks.after) {
    const { matcher } = hook;
    hook.matcher = (ctx) => ctx.context !== undefined && beginsSession(ctx.context) && matcher(ctx);
  }
  return provider;
}
