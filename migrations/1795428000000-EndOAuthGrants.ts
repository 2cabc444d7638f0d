import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A user's grant to a client lasts, within its session, as long as its row here; the API checks
 * access tokens against it (docs/security/live-access.md). It ends, for every writer, with the
 * session, the client, the user's consent and its refresh token, and deletes the remaining tokens.
 * Its end is announced as a change of the session, by the rules of
 * AnnounceAccessChanges1795413000000. Its beginning is not announced, because missing rows are
 * never cached.
 */
export class EndOAuthGrants1795428000000 implements MigrationInterface {
  readonly name = 'EndOAuthGrants1795428000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const ANNOUNCE_GRANTS = `
  CREATE FUNCTION "gatehouse_announce_grants"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    ids text[];
    payload text;
    announced integer := coalesce(nullif(current_setting('gatehouse.announced', true), ''), '0')::integer;
  BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
      SELECT array_agg(session_id) INTO ids
        FROM (SELECT DISTINCT session_id FROM old_rows LIMIT 101) AS changed;
      IF ids IS NULL THEN
        RETURN NULL;
      END IF;
    END IF;
    payload := json_build_object('sessions', ids)::text;
    IF ids IS NULL OR cardinality(ids) > 100 OR octet_length(payload) > 7900 OR announced >= 16 THEN
      payload := '{"all":true}';
    ELSE
      PERFORM set_config('gatehouse.announced', (announced + 1)::text, true);
    END IF;
    PERFORM pg_notify('gatehouse_access', payload);
    RETURN NULL;
  END $$`;

/** One for each table whose rows end grants, or end with them. */
const END_GRANTS = `
  CREATE FUNCTION "gatehouse_end_grants"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_TABLE_NAME = 'oauth_grant' THEN
      EXECUTE format('DELETE FROM %I.oauth_refresh_token WHERE session_id = $1 AND client_id = $2',
        TG_TABLE_SCHEMA) USING OLD.session_id, OLD.client_id;
    ELSIF TG_TABLE_NAME = 'oauth_refresh_token' THEN
      EXECUTE format('DELETE FROM %I.oauth_grant WHERE session_id = $1 AND client_id = $2',
        TG_TABLE_SCHEMA) USING OLD.session_id, OLD.client_id;
    ELSE
      EXECUTE format(
        'DELETE FROM %1$I.oauth_grant g USING %1$I.session s
          WHERE s.id = g.session_id AND s.user_id = $1 AND g.client_id = $2',
        TG_TABLE_SCHEMA) USING OLD.user_id, OLD.client_id;
    END IF;
    RETURN NULL;
  END $$`;

const ANNOUNCE = 'FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_announce_grants"()';
const END = 'EXECUTE FUNCTION "gatehouse_end_grants"()';

/** Trigger, table. */
const TRIGGERS = [
  ['oauth_grant_access_updated', 'oauth_grant'],
  ['oauth_grant_access_deleted', 'oauth_grant'],
  ['oauth_grant_access_truncated', 'oauth_grant'],
  ['oauth_grant_ends_tokens', 'oauth_grant'],
  ['oauth_consent_ends_grants', 'oauth_consent'],
  ['oauth_refresh_token_deleted_ends_grant', 'oauth_refresh_token'],
  ['oauth_refresh_token_revoked_ends_grant', 'oauth_refresh_token'],
] as const;

const UP = [
  `CREATE TABLE "oauth_grant" (
    "session_id" text NOT NULL,
    "client_id" text NOT NULL,
    "granted_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "oauth_grant_pkey" PRIMARY KEY ("session_id", "client_id"),
    CONSTRAINT "oauth_grant_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE,
    CONSTRAINT "oauth_grant_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE
  )`,
  'CREATE INDEX "oauth_grant_client_id_idx" ON "oauth_grant" ("client_id")',
  // A valid refresh token implies a grant.
  `INSERT INTO "oauth_grant" (session_id, client_id, granted_at)
   SELECT session_id, client_id, min(created_at) FROM "oauth_refresh_token"
    WHERE session_id IS NOT NULL AND revoked IS NULL GROUP BY session_id, client_id`,
  ANNOUNCE_GRANTS,
  END_GRANTS,
  `CREATE TRIGGER "oauth_grant_access_updated" AFTER UPDATE ON "oauth_grant"
     REFERENCING OLD TABLE AS old_rows ${ANNOUNCE}`,
  `CREATE TRIGGER "oauth_grant_access_deleted" AFTER DELETE ON "oauth_grant"
     REFERENCING OLD TABLE AS old_rows ${ANNOUNCE}`,
  `CREATE TRIGGER "oauth_grant_access_truncated" AFTER TRUNCATE ON "oauth_grant" ${ANNOUNCE}`,
  `CREATE TRIGGER "oauth_grant_ends_tokens" AFTER DELETE ON "oauth_grant" FOR EACH ROW ${END}`,
  `CREATE TRIGGER "oauth_consent_ends_grants" AFTER DELETE ON "oauth_consent" FOR EACH ROW ${END}`,
  // Not when it is deleted after its expiry.
  `CREATE TRIGGER "oauth_refresh_token_deleted_ends_grant" AFTER DELETE ON "oauth_refresh_token"
     FOR EACH ROW WHEN (OLD.session_id IS NOT NULL AND OLD.expires_at > now()) ${END}`,
  // Not when its successor replaces it.
  `CREATE TRIGGER "oauth_refresh_token_revoked_ends_grant" AFTER UPDATE OF revoked ON "oauth_refresh_token"
     FOR EACH ROW WHEN (OLD.revoked IS NULL AND NEW.revoked IS NOT NULL AND NEW.rotated_at IS NULL) ${END}`,
  // Also with session_replication_role, which disables ordinary triggers.
  ...TRIGGERS.map(
    ([trigger, table]) => `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${trigger}"`,
  ),
];

const DOWN = [
  ...TRIGGERS.map(([trigger, table]) => `DROP TRIGGER "${trigger}" ON "${table}"`),
  'DROP TABLE "oauth_grant"',
  'DROP FUNCTION "gatehouse_end_grants"()',
  'DROP FUNCTION "gatehouse_announce_grants"()',
];
