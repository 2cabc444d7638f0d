import type { Pool } from 'pg';
import { GRANT_CLAIM, isOfGrant, toGrantTime } from '../../../contract';

/** A grant of a user to a client, within one session. */
export interface GrantKey {
  sessionId: string | undefined;
  clientId: string;
}

/** The claims that say to which grant an access token belongs. */
export interface GrantedToken {
  iat: number;
  [GRANT_CLAIM]?: number;
}

/** What the exchange of a code asks for. */
export interface NewGrant extends GrantKey {
  scopes: string[];
  resources: string[];
  /** When the code was issued, in whole seconds. */
  issuedAt: Date;
}

/** A grant of an earlier generation ended with it (migrations/1795817000000-EndGrantsOfClientsAtOnce). */
const FIND = `
  SELECT g.granted_at AS at FROM oauth_grant g
    JOIN oauth_client c ON c.client_id = g.client_id AND c.grant_generation = g.generation
   WHERE g.session_id = $1 AND g.client_id = $2`;

/**
 * Returns the begin of the grant when it has its basis: an enabled client that is first-party, or has a
 * consent to all scopes and resources of the code, which is not older than the consent. The rows of the basis are locked, so a change of
 * them that commits first refuses, and one that commits later ends the grant (a disabled client
 * keeps its grants, and no token of it is accepted). Sessions come first, as in a deletion of the
 * user. The time is that of this server, as in tokens.
 */
const BEGIN = `
  WITH first_party AS (
         SELECT s.id, c.client_id FROM session s, oauth_client c
          WHERE s.id = $1 AND c.client_id = $2 AND NOT c.disabled AND c.skip_consent
            AND coalesce(c.grant_types ? 'authorization_code', true)
            AND coalesce(c.scopes @> $4::jsonb, true)
            FOR KEY SHARE OF s FOR SHARE OF c),
       consented AS (
         SELECT s.id, c.client_id FROM session s, oauth_client c, oauth_consent k
          WHERE s.id = $1 AND c.client_id = $2 AND NOT c.disabled AND c.skip_consent IS NOT TRUE
            AND coalesce(c.grant_types ? 'authorization_code', true)
            AND coalesce(c.scopes @> $4::jsonb, true)
            AND k.client_id = c.client_id AND k.user_id = s.user_id
            AND k.scopes @> $4::jsonb AND coalesce(k.resources @> $5::jsonb, true)
            AND coalesce(date_trunc('second', k.created_at) <= $6::timestamptz, true)
            FOR KEY SHARE OF s FOR SHARE OF c, k),
       basis AS (SELECT * FROM first_party UNION ALL SELECT * FROM consented),
       begun AS (
         INSERT INTO oauth_grant (session_id, client_id, granted_at)
         SELECT DISTINCT id, client_id, $3::timestamptz FROM basis
         ON CONFLICT (session_id, client_id) DO NOTHING
         RETURNING granted_at AS at)
  SELECT coalesce((SELECT at FROM begun), (${FIND})) AS at FROM basis LIMIT 1`;

/** For a grant that another request begins at the same time, which the statement does not see. */
const MOST_ATTEMPTS = 5;

const END = 'DELETE FROM oauth_grant WHERE session_id = $1 AND client_id = $2';

/**
 * The grants in force: the API judges tokens of clients by these rows.
 * migrations/1795428000000-EndOAuthGrants ends a grant and its tokens.
 */
export class Grants {
  constructor(private readonly pool: Pool) {}

  /**
   * @returns when the grant with this basis began, in milliseconds since the epoch, also when it has
   * ended meanwhile and a new one has begun; `null`: it has no basis.
   */
  async begin({ sessionId, clientId, issuedAt, ...asked }: NewGrant): Promise<number | null> {
    const lists = [asked.scopes, asked.resources].map((list) => JSON.stringify(list));
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const values = [sessionId, clientId, new Date(), ...lists, issuedAt];
      const { rows } = await this.pool.query<{ at: Date | null }>(BEGIN, values);
      if (!rows[0]) return null;
      if (rows[0].at) return rows[0].at.getTime();
    }
    return null;
  }

  /** @returns when the grant in force began, in milliseconds since the epoch; `null`: there is none. */
  async find({ sessionId, clientId }: GrantKey): Promise<number | null> {
    const { rows } = await this.pool.query<{ at: Date }>(FIND, [sessionId, clientId]);
    return rows[0]?.at.getTime() ?? null;
  }

  /** Whether an access token belongs to the grant in force. */
  async isInForce(key: GrantKey, { iat, [GRANT_CLAIM]: claim }: GrantedToken): Promise<boolean> {
    const begin = await this.find(key);
    return begin !== null && isOfGrant({ iat, grantedAt: toGrantTime(claim) }, begin);
  }

  /** @returns whether the grant existed. */
  async end({ sessionId, clientId }: GrantKey): Promise<boolean> {
    const { rowCount } = await this.pool.query(END, [sessionId, clientId]);
    return rowCount !== 0;
  }
}
