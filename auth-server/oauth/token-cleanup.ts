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

/** Of one transaction: it ends before the limit of a statement. */
const MOST_TOKENS = 10_000;

/**
 * Deletes the refresh tokens that the end of access has left (migrations/1795813500000-KeepEndedGrants):
 * those of one ended grant in a transaction, and in several when it has more than 10,000. A new grant of the same session and client
 * has taken the session away from them.
 */
export const ENDED_GRANT_CLEANUP: Cleanup = {
  name: 'ended-grant-cleanup',
  intervalMs: 10 * 60_000,
  lock: LOCKS.endedGrantCleanup,
  batchSize: 1,
  sql: `
    WITH ended AS (
           SELECT id, session_id, client_id FROM oauth_ended_grant
            LIMIT $1 FOR UPDATE SKIP LOCKED),
         found AS MATERIALIZED (
           SELECT t.id FROM ended e CROSS JOIN LATERAL (
                    SELECT id FROM oauth_refresh_token
                     WHERE session_id = e.session_id AND client_id = e.client_id
                     LIMIT ${MOST_TOKENS}) t
            WHERE NOT EXISTS (SELECT FROM oauth_grant g
                   WHERE g.session_id = e.session_id AND g.client_id = e.client_id)),
         left_tokens AS (
           DELETE FROM oauth_refresh_token WHERE id = ANY (ARRAY(SELECT id FROM found))),
         finished AS (
           DELETE FROM oauth_ended_grant
            WHERE id = ANY (ARRAY(SELECT id FROM ended))
              AND (SELECT count(*) FROM found) < ${MOST_TOKENS})
    SELECT FROM ended`,
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
