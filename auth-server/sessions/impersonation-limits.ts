import { APIError, createAuthMiddleware } from 'better-auth/api';
import { findNamedSession } from '../common/caller';
import type { BeforeHook } from '../common/hook-types';

/**
 * The changes that an administrator can make as another user: the profile, and the end of
 * sessions. An authorization request and userinfo are the same by POST as by GET.
 */
const OPEN_PATHS = [
  '/sign-out',
  '/update-user',
  '/admin/stop-impersonating',
  '/revoke-session',
  '/revoke-sessions',
  '/revoke-other-sessions',
  '/oauth2/authorize',
  '/oauth2/end-session',
  '/oauth2/end-session/confirm',
  '/oauth2/token',
  '/oauth2/userinfo',
  '/oauth2/revoke',
  '/oauth2/introspect',
];

const REFUSAL = {
  code: 'IMPERSONATION_NOT_ALLOWED',
  message: 'This is not possible while you act as another user.',
};

/**
 * During an impersonation no credential changes and no client gets a consent: both would outlast
 * the impersonation. An endpoint that changes something is refused unless it is in the list.
 */
export const limitImpersonation: BeforeHook = {
  matcher: ({ path, method }) => method === 'POST' && !OPEN_PATHS.includes(path ?? ''),
  handler: createAuthMiddleware(async (ctx) => {
    const session = await findNamedSession(ctx);
    if (session?.['impersonatedBy']) throw new APIError('FORBIDDEN', REFUSAL);
  }),
};
