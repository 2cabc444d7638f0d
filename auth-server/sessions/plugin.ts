import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api';
import { endImpersonation } from './impersonation-end';
import { limitImpersonation } from './impersonation-limits';
import { endReplacedSession } from './replaced-session';

export { sessionsInForce } from './sessions-in-force';
export { decisionBasis } from './decision-basis';

interface SessionRow {
  id: string;
  userId: string;
  token: string;
}

const LIST_OWN = '/list-sessions';
const LIST_OF_USER = '/admin/list-user-sessions';

/** Endpoints that end one session, and the field that names it. */
const REVOKE: Record<string, string> = {
  '/revoke-session': 'token',
  '/admin/revoke-user-session': 'sessionToken',
};

/**
 * Replaces session tokens in lists by session ids. Better-Auth's lists contain the token of each
 * session, so a stolen session would give access to all sessions of the user, and a stolen session
 * of an administrator to those of every user. Only the caller's own session keeps its token. The
 * endpoints that end a session accept the token or the id (`revokeSession({ token })`); no other
 * endpoint accepts the id.
 */
export const sessionHandles = {
  id: 'session-handles',
  hooks: {
    before: [
      limitImpersonation,
      {
        matcher: ({ path }) => Object.hasOwn(REVOKE, path ?? ''),
        handler: createAuthMiddleware(async ({ context, path, body }) => {
          const field = REVOKE[path]!;
          const id = (body as Record<string, unknown> | undefined)?.[field];
          if (typeof id !== 'string') return undefined;
          const session = await context.adapter.findOne<SessionRow>({
            model: 'session',
            where: [{ field: 'id', value: id }],
          });
          return session ? { context: { body: { [field]: session.token } } } : undefined;
        }),
      },
    ],
    after: [
      endReplacedSession,
      endImpersonation,
      {
        matcher: ({ path }) => path === LIST_OWN,
        handler: createAuthMiddleware(async (ctx) => {
          const { returned, session } = ctx.context;
          if (!Array.isArray(returned)) return undefined;
          const own = session?.session.token;
          return ctx.json((returned as SessionRow[]).map((row) => withoutToken(row, own)));
        }),
      },
      {
        matcher: ({ path }) => path === LIST_OF_USER,
        handler: createAuthMiddleware(async (ctx) => {
          const { returned } = ctx.context;
          if (isAPIError(returned)) return undefined;
          const { sessions } = returned as { sessions: SessionRow[] };
          const own = (await getSessionFromCtx(ctx))?.session.token;
          return ctx.json({ sessions: sessions.map((row) => withoutToken(row, own)) });
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

function withoutToken(row: SessionRow, own: string | undefined): SessionRow {
  return row.token === own ? row : { ...row, token: row.id };
}
