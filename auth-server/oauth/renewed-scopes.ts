import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { hashToken } from '../common/stored-hashes';

/** $1: hash of the refresh token that was sent, $2: of its successor. */
const KEEP_SCOPES = `
  UPDATE oauth_refresh_token AS successor SET scopes = sent.scopes
    FROM oauth_refresh_token AS sent WHERE sent.token = $1 AND successor.token = $2`;

/**
 * A renewal with fewer scopes narrows the access token, not the grant and not the refresh token
 * (RFC 6749, section 6). The provider would narrow the refresh token too, and would stop its
 * rotation without `offline_access`.
 */
export function renewedScopes(pool: Pool) {
  return {
    id: 'gatehouse-renewed-scopes',
    hooks: {
      after: [
        {
          matcher: ({ path, body }) =>
            path === '/oauth2/token' && (body as TokenForm | undefined)?.scope !== undefined,
          handler: createAuthMiddleware(async (ctx) => {
            const { grant_type: grant, refresh_token: sent } = ctx.body as TokenForm;
            const { refresh_token: successor } = (ctx.context.returned ?? {}) as TokenForm;
            if (grant !== 'refresh_token' || !sent || !successor) return;
            await pool.query(KEEP_SCOPES, [hashToken(sent), hashToken(successor)]);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

interface TokenForm {
  grant_type?: string;
  scope?: string;
  refresh_token?: string;
}
