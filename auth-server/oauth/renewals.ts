import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { endGrantOfUsed, REFRESH_TOKEN } from './replayed-tokens';
import { isRenewal } from './requests/request-rules';
import { RETRY_AFTER_S } from '../common/errors';
import type { Adapter } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import { isDatabaseUnavailable, isTimeLimit } from '../../runtime/database/database-errors';
import { forgetOutage, recallOutage } from '../../runtime/database/database-scope';
import { PreparedQueries } from '../../runtime/database/prepared-statements';

/** A refresh token that was sent, and its successor. */
interface Renewal {
  /** The id of the token that was sent. */
  sentId?: string;
  successor?: Successor;
}

interface Successor {
  id: string;
  /** Hash of the token. */
  token: string;
  createdAt: Date;
  expiresAt: Date;
}

/**
 * Marks the token as used and inserts its successor, or does neither. The locks are in the order of
 * the trigger `oauth_refresh_token_begins`. The token comes last and is not waited for: an end of
 * the grant may begin at the grant or at a token, and both orders have no deadlock with this one.
 *
 * The successor has the scopes of the token: a renewal with fewer scopes narrows the access token,
 * not the grant and not the refresh token (RFC 6749, section 6).
 */
const SUCCEED = `
  WITH sent AS (
         SELECT t.id FROM "user" u, session s, oauth_client c, oauth_grant g, oauth_refresh_token t
          WHERE t.id = $1 AND t.revoked IS NULL AND u.id = t.user_id AND s.id = t.session_id
            AND c.client_id = t.client_id AND NOT c.disabled
            AND g.session_id = s.id AND g.client_id = c.client_id
            AND g.generation = c.grant_generation
            FOR KEY SHARE OF u, s, c FOR NO KEY UPDATE OF g FOR NO KEY UPDATE OF t SKIP LOCKED),
       used AS (
         UPDATE oauth_refresh_token t SET revoked = $4, rotated_at = $4
           FROM sent WHERE t.id = sent.id RETURNING t.*)
  INSERT INTO oauth_refresh_token
         (id, token, client_id, session_id, user_id, reference_id, authorization_code_id, resources,
          requested_user_info_claims, auth_time, confirmation, scopes, created_at, expires_at)
  SELECT $2, $3, client_id, session_id, user_id, reference_id, authorization_code_id, resources,
         requested_user_info_claims, auth_time, confirmation, scopes, $4, $5
    FROM used
  RETURNING id`;

/**
 * Waits for the transaction that has locked the token. No row: the token or its grant has ended, or
 * its client is disabled.
 */
const READ_STATE = `
  SELECT t.revoked IS NOT NULL AS "isUsed"
    FROM oauth_refresh_token t JOIN oauth_grant g USING (session_id, client_id)
         JOIN oauth_client c USING (client_id)
   WHERE t.id = $1 AND NOT c.disabled AND g.generation = c.grant_generation FOR SHARE OF t`;

const FIND = 'SELECT FROM oauth_refresh_token WHERE id = $1';

/** Each further attempt follows another transaction that has locked the token and not used it. */
const MOST_ATTEMPTS = 5;

/**
 * A renewal that is answered with an error has not used its token. The provider marks the token as
 * used and then inserts the successor: a fault between them, or after them, used the token, and the
 * repetition of the client ended the grant. Here both are one statement, the last one of the
 * request, when the new tokens are signed.
 */
export function renewals(pool: Pool) {
  const parts = { pool, statements: new PreparedQueries(() => pool) };
  const begun = new WeakMap<Request, Renewal>();
  return {
    id: 'gatehouse-renewals',
    hooks: {
      before: [
        {
          matcher: isRenewal,
          handler: createAuthMiddleware(({ context, request }) => {
            if (!request) return Promise.resolve();
            const renewal = {};
            begun.set(request, renewal);
            context.adapter = postpone(context.adapter, renewal);
            return Promise.resolve();
          }),
        },
      ],
      after: [
        {
          matcher: isRenewal,
          handler: createAuthMiddleware(async ({ context, request }) => {
            const { sentId, successor } = (request && begun.get(request)) ?? {};
            const { refresh_token: token } = (context.returned ?? {}) as { refresh_token?: string };
            if (!sentId || !successor || token === undefined) return undefined;
            const outage = recallOutage();
            if (outage) throw outage;
            // For example the API, whose time for the answer is over.
            if (requestContext.getStore()?.hasGone()) return refuse(503, 'temporarily_unavailable');
            const outcome = await succeed({ sentId, successor }, parts);
            if (outcome === 'succeeded') return undefined;
            if (outcome === 'locked') return refuse(503, 'temporarily_unavailable');
            await endGrantOfUsed(sentId, pool);
            return refuse(400, 'invalid_grant');
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** The provider reads of both results only that there is one. */
function postpone(adapter: Adapter, renewal: Renewal): Adapter {
  const incrementOne = ((query: Parameters<Adapter['incrementOne']>[0]) => {
    if (query.model !== REFRESH_TOKEN) return adapter.incrementOne(query);
    renewal.sentId = query.where.find(({ field }) => field === 'id')?.value as string;
    return Promise.resolve({});
  }) as Adapter['incrementOne'];
  const create = ((query: Parameters<Adapter['create']>[0]) => {
    if (query.model !== REFRESH_TOKEN || !renewal.sentId) return adapter.create(query);
    const row = { ...(query.data as Omit<Successor, 'id'>), id: crypto.randomUUID() };
    renewal.successor = row;
    return Promise.resolve(row);
  }) as Adapter['create'];
  return { ...adapter, incrementOne, create };
}

interface RenewalParts {
  pool: Pool;
  statements: PreparedQueries;
}

/**
 * `over`: another request has used the token, its grant has ended, or its client is disabled.
 * `locked`: other transactions have locked the token again and again, and it is unused.
 */
type Outcome = 'succeeded' | 'over' | 'locked';

async function succeed(
  { sentId, successor }: Required<Renewal>,
  { pool, statements }: RenewalParts,
): Promise<Outcome> {
  const { id, token, createdAt, expiresAt } = successor;
  const query = { name: 'renew', text: SUCCEED, values: [sentId, id, token, createdAt, expiresAt] };
  let isLost = false;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    try {
      if ((await statements.run(query)).length > 0) return 'succeeded';
    } catch (error) {
      // The connection is lost, and whether the statement was committed is unknown.
      if (isLost || isTimeLimit(error) || !isDatabaseUnavailable(error)) throw error;
      isLost = true;
      forgetOutage(error);
    }
    const { rows } = await pool.query<{ isUsed: boolean }>(READ_STATE, [sentId]);
    if (!rows[0]) return 'over';
    if (rows[0].isUsed) {
      const isOwn = isLost && (await pool.query(FIND, [id])).rowCount === 1;
      return isOwn ? 'succeeded' : 'over';
    }
  }
  return 'locked';
}

/** A hook changes a status only with a complete response. */
function refuse(status: number, error: string): Response {
  return Response.json(
    { error, error_description: 'the refresh token was not renewed' },
    {
      status,
      headers: {
        'cache-control': 'no-store',
        pragma: 'no-cache',
        ...(status === 503 && { 'retry-after': RETRY_AFTER_S }),
      },
    },
  );
}
