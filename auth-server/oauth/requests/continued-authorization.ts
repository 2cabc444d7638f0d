import type { AfterHook, HookContext } from '../../common/hook-types';
import { beginsSession, keepOwnAnswer } from '../../common/caller';

/**
 * The provider takes every answer that sets the cookie of a session for a sign-in: it removes
 * `prompt=login` and continues the authorization. An answer that extends a session sets the cookie
 * too, and the user has not signed in. It leaves the authorization as it is.
 *
 * The provider also replaces the session of the request by the new one. Later hooks see the one that
 * the request has named: without one, the request is a sign-in, and no change within a session.
 */
export function continueAfterSignIn<P extends { hooks: { after: AfterHook[] } }>(provider: P): P {
  for (const hook of provider.hooks.after) {
    const { matcher, handler } = hook;
    hook.matcher = (ctx) => ctx.context !== undefined && beginsSession(ctx.context) && matcher(ctx);
    hook.handler = Object.assign(async (ctx: Parameters<typeof handler>[0]) => {
      const context = (ctx as unknown as HookContext).context;
      const { session } = context;
      keepOwnAnswer(context);
      try {
        return await handler(ctx);
      } finally {
        context.session = session;
      }
    }, handler);
  }
  return provider;
}
