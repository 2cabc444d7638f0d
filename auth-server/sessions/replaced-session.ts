import { createAuthMiddleware } from 'better-auth/api';
import type { AfterHook } from '../common/hook-types';

/**
 * A sign-in in a browser that has a session ends the session that it replaces: no cookie contains
 * it, so the user could not sign out of it. An impersonation replaces no session; the administrator
 * returns to the own session.
 */
export const endReplacedSession: AfterHook = {
  matcher: ({ context }) => Boolean(context?.newSession),
  handler: createAuthMiddleware(async (ctx) => {
    const { newSession, authCookies, secret, internalAdapter } = ctx.context;
    const isImpersonation = Boolean(
      (newSession?.session as { impersonatedBy?: string | null } | undefined)?.impersonatedBy,
    );
    if (!newSession || isImpersonation) return;
    const former = await ctx.getSignedCookie(authCookies.sessionToken.name, secret);
    if (!former || former === newSession.session.token) return;
    await internalAdapter.deleteSession(former);
  }),
};
