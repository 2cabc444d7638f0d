import type { Pool } from 'pg';
import type { Logger } from '../../runtime/logger';

const PAUSE_MS = 60 * 60_000;

/** Key of the advisory lock; any number, the same for ever and in every auth server. */
const LOCK_KEY = 7319045561231;

/**
 * Refresh tokens whose time is over, and those whose session is gone, which cannot be renewed
 * either. Those that were used are kept until then: a second use shows that one was stolen.
 * Whoever does not get the lock leaves the work to whoever has it.
 */
const REMOVE = `
  WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($1) AS mine),
       old AS (SELECT id FROM oauth_refresh_token, turn
                WHERE mine AND (expires_at <= now() OR session_id IS NULL) LIMIT 10000)
  DELETE FROM oauth_refresh_token USING old WHERE oauth_refresh_token.id = old.id`;

/** @returns how many tokens were removed. */
export async function removeDeadTokens(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rowCount } = await pool.query(REMOVE, [LOCK_KEY]);
  return rowCount ?? 0;
}

/** Removes them once an hour, at the start as well. */
export function deleteExpiredTokens(pool: Pool, logger: Logger): { stop(): void } {
  const remove = () =>
    void removeDeadTokens(pool).catch(({ message }: Error) =>
      // What is not removed now is removed next time.
      logger.warn({ reason: message }, 'refresh tokens cannot be cleaned up'),
    );
  remove();
  const timer = setInterval(remove, PAUSE_MS).unref();
  return { stop: () => clearInterval(timer) };
}
