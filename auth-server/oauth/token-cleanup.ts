import { LOCKS } from '../../contract';
import type { Cleanup } from '../../runtime/jobs/cleanup';

/**
 * Deletes refresh tokens whose time is over, and those of a former grant, which have no session:
 * neither can be renewed. A token that was used is kept until then, because a second use of it shows
 * that it was stolen.
 */
export const REFRESH_TOKEN_CLEANUP: Cleanup = {
  name: 'refresh-token-cleanup',
  intervalMs: 60 * 60_000,
  lock: LOCKS.refreshTokenCleanup,
  batchSize: 1_000,
  sql: `
    DELETE FROM oauth_refresh_token
     WHERE id = ANY (ARRAY(SELECT id FROM oauth_refresh_token
                            WHERE expires_at <= now() OR session_id IS NULL
                            LIMIT $1 FOR UPDATE SKIP LOCKED))`,
};

/** Deletes the marks of used client assertions that have expired: they are refused for that alone. */
export const CLIENT_ASSERTION_CLEANUP: Cleanup = {
  name: 'client-assertion-cleanup',
  intervalMs: 60 * 60_000,
  lock: LOCKS.clientAssertionCleanup,
  batchSize: 1_000,
  sql: `
    DELETE FROM oauth_client_assertion
     WHERE id = ANY (ARRAY(SELECT id FROM oauth_client_assertion
                            WHERE expires_at <= now() - interval '1 min'
                            LIMIT $1 FOR UPDATE SKIP LOCKED))`,
};
