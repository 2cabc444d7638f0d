import type { Pool } from 'pg';

/** Wrong attempts in a row before the next one must wait. */
export const FREE_ATTEMPTS = 5;

/** The first wait, in seconds. Each further wrong attempt doubles it. */
const FIRST_DELAY_S = 30;

/** The longest wait, in seconds: at most 24 of a million codes are tried in a day. */
const LONGEST_DELAY_S = 3_600;

/** After this number of doublings the longest wait is reached. It limits the power of two. */
const MOST_DOUBLINGS = 12;

const BEGIN = `
  UPDATE two_factor
     SET failed_verification_count = failed_verification_count + 1,
         locked_until = CASE WHEN failed_verification_count + 1 >= ${FREE_ATTEMPTS} THEN
           now() + interval '1 second' * LEAST(${LONGEST_DELAY_S}, ${FIRST_DELAY_S}
             * power(2, LEAST(failed_verification_count + 1 - ${FREE_ATTEMPTS}, ${MOST_DOUBLINGS})))
         END
   WHERE user_id = $1 AND (locked_until IS NULL OR locked_until <= now())
  RETURNING failed_verification_count AS count`;

/** Also when the wait has just ended: the attempt was not counted, so it is not checked. */
const READ_WAIT = `
  SELECT GREATEST(1, ceil(extract(epoch FROM locked_until - now()))::int) AS seconds
    FROM two_factor WHERE user_id = $1`;

const CLEAR = `
  UPDATE two_factor SET failed_verification_count = 0, locked_until = NULL WHERE user_id = $1`;

export interface Attempt {
  /** Seconds until the next attempt is checked; 0: this one is checked. */
  wait: number;
  /** The number of wrong attempts in a row, with this one. */
  count: number;
}

/**
 * Counts the attempts at a user's second factor, for all auth servers together. An attempt
 * counts as wrong when it begins and is taken back when it was right: many at the same
 * time do not exceed the limit. This step requires the password, so the wait cannot be used
 * to lock out another user, and it does not affect a trusted device.
 */
export class Attempts {
  constructor(private readonly pool: Pool) {}

  /** Without a second factor nothing is counted, and the endpoint refuses. */
  async begin(userId: string): Promise<Attempt> {
    const begun = await this.pool.query<{ count: number }>(BEGIN, [userId]);
    if (begun.rows[0]) return { wait: 0, count: begun.rows[0].count };
    const refused = await this.pool.query<{ seconds: number }>(READ_WAIT, [userId]);
    return { wait: refused.rows[0]?.seconds ?? 0, count: 0 };
  }

  /** The attempt was right. */
  async clear(userId: string): Promise<void> {
    await this.pool.query(CLEAR, [userId]);
  }
}
