import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware, isAPIError } from 'better-auth/api';
import type { Pool } from 'pg';
import type { Grants } from './token-state/grants';
import { emptyAnswer } from './protocol-answers';
import { writeAuditEvent } from '../audit/audit-writer';
import { fieldOf } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { namedClientId } from '../common/client-id';
import { originOf } from '../common/request-origin';
import { decodeJwtPayload } from '../../runtime/tokens/jwt-payload';

/**
 * The revocation of an access token ends its grant, with the refresh token (RFC 7009, section
 * 2.1). The provider refuses to revoke a signed token; here it is possible, because the token
 * depends on its grant. The token of a service account has no grant.
 */
export function revocation(grants: Grants, pool: Pool) {
  return {
    id: 'gatehouse-oauth-revocation',
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === '/oauth2/revoke',
          handler: createAuthMiddleware(async (ctx) => {
            if (!isSignedToken(ctx.context.returned)) return undefined;
            const { sid: sessionId, client_id: clientId } = payloadOf(fieldOf(ctx.body, 'token'));
            if (!sessionId || !clientId) return undefined;
            // The token of another client is not changed, and the answer does not tell.
            const isOwn = clientId === namedClientId(ctx.body, ctx.headers);
            if (isOwn && (await grants.end({ sessionId, clientId }))) {
              await record(ctx, { pool, clientId });
            }
            return emptyAnswer();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** The provider has authenticated the client and verified the token, but cannot revoke it. */
function isSignedToken(returned: unknown): boolean {
  return isAPIError(returned) && returned.body?.error === 'unsupported_token_type';
}

/** The payload of a verified token, which may have its type in front. */
function payloadOf(token: string): { sid?: string; client_id?: string } {
  return decodeJwtPayload(token);
}

async function record(
  { headers }: HookContext,
  { pool, clientId }: { pool: Pool; clientId: string },
): Promise<void> {
  const client = { type: 'client', id: clientId } as const;
  await writeAuditEvent(pool, {
    action: 'oauth.tokens_revoked',
    actor: client,
    subject: client,
    origin: originOf(headers),
  });
}
