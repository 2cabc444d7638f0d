import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api';
import { deleteSessionCookie, expireCookie } from 'better-auth/cookies';
import type { AfterHook } from '../common/hook-types';
import { requestContext } from '../common/request-context';

/**
 * Better-Auth returns to the administrator's own session by a cookie. When that session has ended
 * or the client keeps no cookies, it answers 500 and leaves the session of the impersonation open.
 * This hook ends that session: the client is signed out.
 */
export const endImpersonation: AfterHook = {
  matcher: ({ path }) => path === '/admin/stop-impersonating',
  handler: createAuthMiddleware(async (ctx) => {
    const { returned, internalAdapter, createAuthCookie } = ctx.context;
    if (!isAPIError(returned) || returned.statusCode !== 500) return undefined;
    const current = await getSessionFromCtx<object, { impersonatedBy?: string | null }>(ctx, {
      disableRefresh: true,
    });
    if (!current?.session.impersonatedBy) return undefined;
    await internalAdapter.deleteSession(current.session.token);
    deleteSessionCookie(ctx);
    expireCookie(ctx, createAuthCookie('admin_session'));
    const request = requestContext.getStore();
    if (request) request.replacedStatus = 200;
    return ctx.json({ session: null, user: null });
  }),
};
