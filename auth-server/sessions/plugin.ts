import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api';
import { endWithoutWayBack } from './impersonation-end';
import { limitImpersonation } from './impersonation-limits';
import { endReplacedSession } from './replaced-session';

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
 * A session token gives full access, and Better-Auth's lists contain one for each session:
 * one stolen session would give all of them, one of an administrator those of every user. In the lists a session's id stands in the token's place, except for the
 * caller's own session; the endpoints that end a session take either. What was listed can
 * be ended as ever (`revokeSession({ token })`), and is good for nothing else.
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
      endWithoutWayBack,
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
