import { APIError, createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { fieldOf } from '../../common/caller';
import { hashToken } from '../../common/stored-hashes';
import { RENEWAL_SCOPE } from '../../../contract';

const FIND = `
  SELECT t.scopes, coalesce(c.scopes, '[]') AS allowed
    FROM oauth_refresh_token t JOIN oauth_client c USING (client_id) WHERE t.token = $1`;

interface Row {
  scopes: string[];
  /** Of the client. */
  allowed: string[];
}

/**
 * A renewal without `scope` asks for the scopes of the token that its client still has: the provider
 * refuses a token with one that the client has lost. A client that may not renew renews nothing.
 */
export function nameScopes(pool: Pool) {
  return createAuthMiddleware(async ({ body }) => {
    const token = hashToken(fieldOf(body, 'refresh_token'));
    const { rows } = await pool.query<Row>(FIND, [token]);
    if (!rows[0]) return undefined;
    const { scopes, allowed } = rows[0];
    if (!allowed.includes(RENEWAL_SCOPE)) throw new APIError('BAD_REQUEST', ENDED);
    if (fieldOf(body, 'scope') !== '') return undefined;
    const remaining = scopes.filter((name) => allowed.includes(name));
    return { context: { body: { scope: remaining.join(' ') } } };
  });
}

const ENDED = {
  error: 'invalid_grant',
  error_description: `the client has lost the scope ${RENEWAL_SCOPE}`,
};
