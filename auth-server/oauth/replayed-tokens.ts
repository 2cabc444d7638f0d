import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { stripAccessTokenAuthorizationScheme } from 'better-auth/oauth2';
import type { Pool } from 'pg';
import { hashToken } from '../common/stored-hashes';
import { fieldOf } from '../common/caller';
import type { Adapter } from '../common/hook-types';

/** The field of the refresh token, by endpoint. */
const FIELDS: Record<string, string> = {
  '/oauth2/token': 'refresh_token',
  '/oauth2/revoke': 'token',
};
/** The provider's model. */
export const REFRESH_TOKEN = 'oauthRefreshToken';

const FIND_SESSION = `
  SELECT session_id AS "sessionId" FROM oauth_refresh_token WHERE token = $1`;

/**
 * Of a token that another request has used. The deletion of the tokens ends the grant. The provider
 * deletes them too: a deletion of the grant first would be a deadlock with it.
 */
const END_GRANT = `
  DELETE FROM oauth_refresh_token
   WHERE (session_id, client_id) IN (
     SELECT session_id, client_id FROM oauth_refresh_token WHERE id = $1 AND revoked IS NOT NULL)`;

interface Condition {
  field: string;
  value: unknown;
}

/**
 * A second use of a refresh token ends the grant that the token belongs to (RFC 9700, section
 * 4.14.2). The provider ends all tokens of the user at the client, on every device. Its
 * look-up and its deletion of these tokens are limited to the session of the token. That applies to
 * unused tokens too: a parallel request can use the token before the provider reads it.
 *
 * Two requests can read the token before one of them marks it as used. The provider refuses the
 * other one and leaves the grant. Here that use ends the grant as well: it may be the one of the
 * owner, and the new tokens those of a thief.
 */
export function replayedTokens(pool: Pool) {
  return {
    id: 'gatehouse-replayed-tokens',
    hooks: {
      before: [
        {
          matcher: ({ path }) => Object.hasOwn(FIELDS, path ?? ''),
          handler: createAuthMiddleware(async ({ path, body, context }) => {
            // The provider accepts an authentication scheme before a token that is revoked.
            const token = stripAccessTokenAuthorizationScheme(fieldOf(body, FIELDS[path]!));
            if (token === '') return;
            const { rows } = await pool.query<{ sessionId: string | null }>(FIND_SESSION, [
              hashToken(token),
            ]);
            if (!rows[0]) return;
            const limited = limitToSession(context.adapter, rows[0].sessionId);
            context.adapter = endGrantOfUsedToken(limited, pool);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

function limitToSession(adapter: Adapter, sessionId: string | null): Adapter {
  const narrow = <Q extends { model: string; where?: Condition[] }>(query: Q): Q => {
    const fields = query.where?.map(({ field }) => field).toSorted() ?? [];
    if (query.model !== REFRESH_TOKEN || fields.join() !== 'clientId,userId') return query;
    return { ...query, where: [...query.where!, { field: 'sessionId', value: sessionId }] };
  };
  return {
    ...adapter,
    findMany: (query) => adapter.findMany(narrow(query)),
    deleteMany: (query) => adapter.deleteMany(narrow(query)),
  };
}

function endGrantOfUsedToken(adapter: Adapter, pool: Pool): Adapter {
  const incrementOne: Adapter['incrementOne'] = async <Row>(
    query: Parameters<Adapter['incrementOne']>[0],
  ) => {
    const marked = await adapter.incrementOne<Row>(query);
    if (marked === null && query.model === REFRESH_TOKEN) {
      const id = query.where.find(({ field }) => field === 'id')?.value;
      await endGrantOfUsed(id as string, pool);
    }
    return marked;
  };
  return { ...adapter, incrementOne };
}

/** @param id of a refresh token that another request has used. */
export async function endGrantOfUsed(id: string, pool: Pool): Promise<void> {
  await pool.query(END_GRANT, [id]);
}
