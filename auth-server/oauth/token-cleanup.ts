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

/** More would be announced as a change of everything, again and again. */
const MOST_GRANTS = 100;

/** Of one transaction, as {@link MOST_TOKENS}. */
const MOST_CONSENTS = 1_000;

/**
 * Deletes what the end of all grants of a client, or the deletion of the client, has left
 * (migrations/1795817000000-EndGrantsOfClientsAtOnce): grants of an earlier generation, and what belongs
 * to no client.
 */
export const WITHDRAWAL_CLEANUP: Cleanup = {
  name: 'withdrawal-cleanup',
  intervalMs: 60_000,
  lock: LOCKS.withdrawalCleanup,
  batchSize: 1,
  sql: `
    WITH left_client AS MATERIALIZED (
           SELECT w.id, w.client_id, c.grant_generation AS generation
             FROM oauth_withdrawal w LEFT JOIN oauth_client c USING (client_id)
            LIMIT $1 FOR UPDATE OF w SKIP LOCKED),
         grants AS MATERIALIZED (
           SELECT g.session_id, g.client_id, g.generation
             FROM left_client l CROSS JOIN LATERAL (
                    SELECT session_id, client_id, generation FROM oauth_grant
                     WHERE client_id = l.client_id
                       AND generation < coalesce(l.generation, 2147483647)
                     LIMIT ${MOST_GRANTS}) g),
         consents AS MATERIALIZED (
           SELECT k.id FROM left_client l CROSS JOIN LATERAL (
                    SELECT id FROM oauth_consent
                     WHERE client_id = l.client_id AND l.generation IS NULL
                     LIMIT ${MOST_CONSENTS}) k),
         ended AS (
           DELETE FROM oauth_grant g USING grants o
            WHERE g.session_id = o.session_id AND g.client_id = o.client_id
              AND g.generation = o.generation),
         forgotten AS (
           DELETE FROM oauth_consent WHERE id = ANY (ARRAY(SELECT id FROM consents))),
         finished AS (
           DELETE FROM oauth_withdrawal
            WHERE id = ANY (ARRAY(SELECT id FROM left_client))
              AND NOT EXISTS (SELECT FROM grants) AND NOT EXISTS (SELECT FROM consents))
    SELECT FROM left_client`,
};

/** Rows that one transaction reads of consents, and of refresh tokens. */
const MOST_READ = 1_000;

/** Of a consent or a refresh token. A resource that exists again keeps its consents and tokens. */
const HAS_REMOVED =
  '(scopes ?| r.scopes OR r.is_resource AND coalesce(resources ? r.resource, false))';

/**
 * Takes removed scopes away from the consents, and ends the grants whose tokens have them, which their
 * removal has left (migrations/1795821000000-RemoveScopesInBoundedTime). It reads each table once, in
 * the order of the ids. A later consent or token cannot have the scopes: the clients have lost them.
 * An exchange or a renewal that began before the removal is over after 10 s. A successor of a token
 * that was read belongs to the same grant.
 */
export const REMOVAL_CLEANUP: Cleanup = {
  name: 'removal-cleanup',
  intervalMs: 60_000,
  lock: LOCKS.removalCleanup,
  batchSize: 1,
  sql: `
    WITH removal AS MATERIALIZED (
           SELECT r.*, o.identifier IS NULL AS is_resource
             FROM oauth_removal r LEFT JOIN oauth_resource o ON o.identifier = r.resource
            WHERE r.created_at < now() - interval '10 s'
            ORDER BY r.created_at LIMIT $1 FOR UPDATE OF r SKIP LOCKED),
         consents AS MATERIALIZED (
           SELECT k.* FROM removal r CROSS JOIN LATERAL (
                    SELECT id, ${HAS_REMOVED} AS has,
                           count(*) FILTER (WHERE ${HAS_REMOVED}) OVER (ORDER BY id) AS number
                      FROM (SELECT id, scopes, resources FROM oauth_consent
                             WHERE id > r.last_consent ORDER BY id LIMIT ${MOST_READ}) read) k
            WHERE k.number <= ${MOST_GRANTS}),
         tokens AS MATERIALIZED (
           SELECT t.* FROM removal r CROSS JOIN LATERAL (
                    SELECT id, session_id, client_id, ${HAS_REMOVED} AS has,
                           count(*) FILTER (WHERE ${HAS_REMOVED}) OVER (ORDER BY id) AS number
                      FROM (SELECT id, session_id, client_id, scopes, resources
                              FROM oauth_refresh_token
                             WHERE id > r.last_token ORDER BY id LIMIT ${MOST_READ}) read) t
            WHERE t.number <= ${MOST_GRANTS}),
         narrowed AS (
           UPDATE oauth_consent k SET scopes = k.scopes - r.scopes,
                  resources = CASE WHEN r.is_resource THEN k.resources - r.resource
                                   ELSE k.resources END
             FROM removal r WHERE k.id = ANY (ARRAY(SELECT id FROM consents WHERE has))),
         ended AS (
           DELETE FROM oauth_grant g
            USING (SELECT DISTINCT session_id, client_id FROM tokens WHERE has) t
            WHERE g.session_id = t.session_id AND g.client_id = t.client_id),
         finished AS (
           DELETE FROM oauth_removal WHERE id = ANY (ARRAY(SELECT id FROM removal))
              AND NOT EXISTS (SELECT FROM consents) AND NOT EXISTS (SELECT FROM tokens)),
         moved AS (
           UPDATE oauth_removal
              SET last_consent = coalesce((SELECT max(id) FROM consents), last_consent),
                  last_token = coalesce((SELECT max(id) FROM tokens), last_token)
            WHERE id = ANY (ARRAY(SELECT id FROM removal))
              AND (EXISTS (SELECT FROM consents) OR EXISTS (SELECT FROM tokens)))
    SELECT FROM removal`,
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
