import { createAuthMiddleware } from 'better-auth/api';
import type { AfterHook } from '../common/hook-types';

/**
 * A sign-in in a browser that has a session ends the session that it replaces: no cookie contains
 * it, so the user could not sign out of it. The first step of a sign-in with a second factor begins
 * no session, and removes the cookie of the former one: it ends that session too. An impersonation
 * replaces no session; the administrator returns to the own session.
 */
export const endReplacedSession: AfterHook = {
  matcher: ({ context }) => Boolean(context?.newSession) || isFirstStep(context?.returned),
  handler: createAuthMiddleware(async (ctx) => {
    const { newSession, authCookies, secret, internalAdapter } = ctx.context;
    const begun = newSession?.session as
      { token: string; impersonatedBy?: string | null } | undefined;
    if (begun?.impersonatedBy) return;
    const former = await ctx.getSignedCookie(authCookies.sessionToken.name, secret);
    if (!former || former === begun?.token) return;
    await internalAdapter.deleteSession(former);
  }),
};

function isFirstStep(returned: unknown): boolean {
  return (
    (returned as { twoFactorRedirect?: boolean } | null | undefined)?.twoFactorRedirect === true
  );
}
