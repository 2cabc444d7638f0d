import { createHash } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';

/** $1: hash of the refresh token that was sent, $2: of its successor. */
const KEEP_SCOPES = `
  UPDATE oauth_refresh_token AS successor SET scopes = sent.scopes
    FROM oauth_refresh_token AS sent WHERE sent.token = $1 AND successor.token = $2`;

/**
 * Who renews for fewer scopes gets an access token of fewer scopes; the grant stays what it
 * was, and so does the refresh token (RFC 6749, section 6). The provider would narrow that
 * too, and end its rotation where `offline_access` was left out.
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

/** As the provider keeps them. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
