import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import type { TokenSigner } from './token-signer';
import {
  ACCESS_TOKEN_HEADER,
  SESSION_USER_FIELD,
  selectProfile,
  TABLES,
  TOKEN_WANTED_HEADER,
} from '../../contract';
import { BEGUN_SESSION_ENDED } from '../common/errors';
import type { HookContext } from '../common/hook-types';
import type { PreparedQueries } from '../../runtime/database/prepared-statements';
import { isBanned, type SessionBasis } from '../sessions/claims';

const { user, session } = TABLES;

/** The user of a session, and whether the session still exists. */
const FIND_USER = `
  SELECT ${selectProfile('u')}, s.${session.columns.id} IS NOT NULL AS "hasSession"
    FROM "${user.name}" u
    LEFT JOIN ${session.name} s ON s.${session.columns.id} = $1
          AND s.${session.columns.userId} = u.${user.columns.id}
   WHERE u.${user.columns.id} = $2`;

interface UserRow extends Record<string, unknown> {
  hasSession: boolean;
}

interface BegunSession {
  session: SessionBasis;
  user: { id: string };
}

/**
 * Adds the access token and the user to an answer that begins a session, when the API asks for
 * them. The token is that of `/token`. The user is read when the session has begun, so the token has
 * its present role. A first step with a second factor begins no session.
 */
export function tokenOfBegunSession(signer: TokenSigner, statements: PreparedQueries) {
  return {
    id: 'token-of-begun-session',
    hooks: {
      after: [
        {
          matcher: ({ context, headers }) => {
            const sent = headers as Headers | undefined;
            return Boolean(context?.newSession) && sent?.has(TOKEN_WANTED_HEADER) === true;
          },
          handler: createAuthMiddleware(async (ctx) => {
            const begun = ctx.context.newSession as unknown as BegunSession;
            const present = await getUser(begun, statements);
            const signedIn = { session: begun.session, user: present };
            ctx.setHeader(ACCESS_TOKEN_HEADER, await signer.sign(ctx, signedIn));
            return ctx.json({ ...answerOf(ctx), [SESSION_USER_FIELD]: present });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** @throws {APIError} when the session has ended since; a banned user gets the error of the token. */
async function getUser(
  { session: { id }, user: { id: userId } }: BegunSession,
  statements: PreparedQueries,
) {
  const query = { name: 'user-of-begun-session', text: FIND_USER, values: [id, userId] };
  const [row] = await statements.run<UserRow>(query);
  if (row && (row.hasSession || isBanned(row))) {
    const { hasSession: _hasSession, ...present } = row;
    return present;
  }
  const { code, message } = BEGUN_SESSION_ENDED;
  throw new APIError('UNAUTHORIZED', { code, message });
}

function answerOf({ context }: HookContext): Record<string, unknown> {
  return (context.returned ?? {}) as Record<string, unknown>;
}
