import { createHmac } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { constantTimeEqual } from 'better-auth/crypto';
import type { TokenSigner } from './token-signer';
import { TABLES } from '../../contract';
import type { HookContext } from '../common/hook-types';
import type { PreparedQueries } from '../../runtime/database/prepared-statements';
import type { SignedIn } from '../sessions/claims';
import { SECONDS_WITHOUT_EXTENSION } from '../sessions/options';

/** A session token with its signature: HMAC-SHA-256 in base64. */
const SIGNED_BEARER = /^Bearer ([A-Za-z0-9]+)\.([A-Za-z0-9+/]{43}=)$/;

const { user, session } = TABLES;

/** A session in force that Better-Auth would not extend, with what the claims need. */
const FIND_SESSION = `
  SELECT s.${session.columns.id} AS "sessionId", s.${session.columns.createdAt} AS "createdAt",
         s.${session.columns.impersonatedBy} AS "impersonatedBy",
         s.${session.columns.authenticationMethods} AS "authenticationMethods",
         u.${user.columns.id} AS "userId", u.${user.columns.role} AS "role",
         u.${user.columns.banned} AS "banned", u.${user.columns.banExpires} AS "banExpires"
    FROM ${session.name} s JOIN "${user.name}" u ON u.${user.columns.id} = s.${session.columns.userId}
   WHERE s.${session.columns.token} = $1
     AND s.${session.columns.expiresAt} > now() + make_interval(secs => $2)`;

interface Row {
  sessionId: string;
  createdAt: Date;
  impersonatedBy: string | null;
  authenticationMethods: string[] | null;
  userId: string;
  role: string;
  banned: boolean | null;
  banExpires: Date | null;
}

/**
 * Answers `GET /token` for a signed session token in `Authorization` with two statements, one of
 * them for the signing keys. Every other request, and every session that is refused or extended,
 * is left to Better-Auth. The limits have counted the request before.
 */
export function sessionToken(signer: TokenSigner, statements: PreparedQueries) {
  return {
    id: 'session-token',
    hooks: {
      before: [
        {
          matcher: ({ path, request }) => path === '/token' && request !== undefined,
          handler: createAuthMiddleware(async (ctx) => {
            const token = findSignedToken(ctx);
            const signedIn = token === null ? null : await findSession(token, statements);
            if (!signedIn) return undefined;
            return ctx.json({ token: await signer.sign(ctx, signedIn) });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** `null`: Better-Auth decides. A cookie can change what Better-Auth does with the session. */
function findSignedToken({ headers, context }: HookContext): string | null {
  if (headers?.has('cookie')) return null;
  const [, token, signature] = SIGNED_BEARER.exec(headers?.get('authorization') ?? '') ?? [];
  if (token === undefined || signature === undefined) return null;
  const expected = createHmac('sha256', context.secret).update(token).digest('base64');
  return constantTimeEqual(signature, expected) ? token : null;
}

async function findSession(token: string, statements: PreparedQueries): Promise<SignedIn | null> {
  const [row] = await statements.run<Row>({
    name: 'session-of-token',
    text: FIND_SESSION,
    values: [token, SECONDS_WITHOUT_EXTENSION],
  });
  if (!row) return null;
  const { sessionId: id, createdAt, impersonatedBy, authenticationMethods, userId, ...rest } = row;
  return {
    session: { id, createdAt, impersonatedBy, authenticationMethods },
    user: { id: userId, ...rest },
  };
}
