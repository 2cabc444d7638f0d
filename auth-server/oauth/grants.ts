import type { Pool } from 'pg';
import { CLOCK_TOLERANCE_SECONDS } from '../../contract';

/** A grant of a user to a client, within one session. */
export interface GrantKey {
  sessionId: string | undefined;
  clientId: string;
}

/**
 * Uses the time of this server, as tokens do. Inserts nothing when session or client are gone, or
 * when the consent was withdrawn before the exchange of the code.
 */
const BEGIN = `
  INSERT INTO oauth_grant (session_id, client_id, granted_at)
  SELECT s.id, c.client_id, $3 FROM session s, oauth_client c
   WHERE s.id = $1 AND c.client_id = $2
     AND (c.skip_consent OR EXISTS (
       SELECT FROM oauth_consent k WHERE k.client_id = c.client_id AND k.user_id = s.user_id))
  ON CONFLICT (session_id, client_id) DO NOTHING`;

const FIND = 'SELECT granted_at AS at FROM oauth_grant WHERE session_id = $1 AND client_id = $2';

const END = 'DELETE FROM oauth_grant WHERE session_id = $1 AND client_id = $2';

/**
 * The grants in force: the API judges tokens of clients by these rows.
 * migrations/1795428000000-EndOAuthGrants ends a grant and its tokens.
 */
export class Grants {
  constructor(private readonly pool: Pool) {}

  async begin({ sessionId, clientId }: GrantKey): Promise<void> {
    await this.pool.query(BEGIN, [sessionId, clientId, new Date()]);
  }

  /** @param issuedAt `iat` of the token, in seconds since the epoch. */
  async isInForce({ sessionId, clientId }: GrantKey, issuedAt = Infinity): Promise<boolean> {
    const { rows } = await this.pool.query<{ at: Date }>(FIND, [sessionId, clientId]);
    return rows.some(({ at }) => at.getTime() / 1_000 - CLOCK_TOLERANCE_SECONDS <= issuedAt);
  }

  /** @returns whether the grant existed. */
  async end({ sessionId, clientId }: GrantKey): Promise<boolean> {
    const { rowCount } = await this.pool.query(END, [sessionId, clientId]);
    return rowCount !== 0;
  }
}
