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

const FIND_OWNER = `
  SELECT session_id AS "sessionId", client_id AS "clientId"
    FROM oauth_refresh_token WHERE token = $1`;

/**
 * The end of the grant deletes the tokens. A deletion of the tokens also ends the grant, but in the
 * other order than the end of a session: a deadlock with it.
 */
const endGrantOf = (state: string) => `
  DELETE FROM oauth_grant
   WHERE (session_id, client_id) IN (
     SELECT session_id, client_id FROM oauth_refresh_token WHERE id = $1 AND revoked IS ${state})`;
const END_OF_USED = endGrantOf('NOT NULL');
const END_OF_UNUSED = endGrantOf('NULL');

const END = 'DELETE FROM oauth_grant WHERE session_id = $1 AND client_id = $2';

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
            const { rows } = await pool.query<Owner>(FIND_OWNER, [hashToken(token)]);
            if (!rows[0]) return;
            const limited = limitToGrant(context.adapter, { pool, ...rows[0] });
            context.adapter = endGrantOfToken(limited, pool);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

interface Owner {
  /** `null`: the token belongs to a former grant. */
  sessionId: string | null;
  clientId: string;
}

/**
 * The look-up of the tokens, and their deletion, which ends the grant instead. Another client than
 * that of the token ends nothing (RFC 7009, section 2.1).
 */
function limitToGrant(
  adapter: Adapter,
  { pool, sessionId, clientId }: Owner & { pool: Pool },
): Adapter {
  const findMany: Adapter['findMany'] = (query) =>
    adapter.findMany(
      isOfUser(query)
        ? { ...query, where: [...query.where!, { field: 'sessionId', value: sessionId }] }
        : query,
    );
  const deleteMany: Adapter['deleteMany'] = async (query) => {
    if (!isOfUser(query)) return adapter.deleteMany(query);
    const caller = query.where.find(({ field }) => field === 'clientId')?.value;
    if (caller !== clientId) return 0;
    return (await pool.query(END, [sessionId, clientId])).rowCount ?? 0;
  };
  return { ...adapter, findMany, deleteMany };
}

function isOfUser({ model, where = [] }: { model: string; where?: Condition[] }): boolean {
  const fields = where.map(({ field }) => field).toSorted();
  return model === REFRESH_TOKEN && fields.join() === 'clientId,userId';
}

/**
 * The provider marks a token as used, or as revoked when it is given back. A token that is given back
 * ends its grant. `null`: another request has used the token, which ends its grant, too.
 */
function endGrantOfToken(adapter: Adapter, pool: Pool): Adapter {
  const incrementOne: Adapter['incrementOne'] = async <Row>(
    query: Parameters<Adapter['incrementOne']>[0],
  ) => {
    if (query.model !== REFRESH_TOKEN) return adapter.incrementOne<Row>(query);
    const id = query.where.find(({ field }) => field === 'id')?.value as string;
    const isGivenBack = query.set?.rotatedAt === undefined;
    const marked = isGivenBack
      ? await endGrantOfUnused(id, pool)
      : await adapter.incrementOne<Row>(query);
    if (marked === null) await endGrantOfUsed(id, pool);
    return marked as Row | null;
  };
  return { ...adapter, incrementOne };
}

async function endGrantOfUnused(id: string, pool: Pool): Promise<object | null> {
  const { rowCount } = await pool.query(END_OF_UNUSED, [id]);
  return rowCount === 0 ? null : { id };
}

/** @param id of a refresh token that another request has used. */
export async function endGrantOfUsed(id: string, pool: Pool): Promise<void> {
  await pool.query(END_OF_USED, [id]);
}
