import type { Pool } from 'pg';
import { CLOCK_TOLERANCE_SECONDS } from '../../contract';

/** What a user has granted a program, within one session. */
export interface GrantKey {
  sessionId: string | undefined;
  clientId: string;
}

/**
 * Dated by this server's clock, as the tokens are. Nothing where session or client are gone,
 * or where the consent was taken back while the code was under way.
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
 * Grants in force: the rows that the API judges the tokens of programs by. How one ends, and
 * what ends with it, is in migrations/1795428000000-EndOAuthGrants.
 */
export class Grants {
  constructor(private readonly pool: Pool) {}

  async begin({ sessionId, clientId }: GrantKey): Promise<void> {
    await this.pool.query(BEGIN, [sessionId, clientId, new Date()]);
  }

  /** @param issuedAt of the token that is asked about, in seconds since the epoch. */
  async isInForce({ sessionId, clientId }: GrantKey, issuedAt = Infinity): Promise<boolean> {
    const { rows } = await this.pool.query<{ at: Date }>(FIND, [sessionId, clientId]);
    return rows.some(({ at }) => at.getTime() / 1_000 - CLOCK_TOLERANCE_SECONDS <= issuedAt);
  }

  /** @returns whether there was one. */
  async end({ sessionId, clientId }: GrantKey): Promise<boolean> {
    const { rowCount } = await this.pool.query(END, [sessionId, clientId]);
    return rowCount !== 0;
  }
}
