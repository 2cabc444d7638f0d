import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The time in which a scope or a resource is removed does not grow with the number of consents, grants
 * and refresh tokens. The removal reads all of them, writes each consent with the scope and ends
 * each grant with it: with 100,000 consents, each attempt exceeded the time limit.
 *
 * Without its row, and without the clients that the removal takes it away from, a scope gives nothing.
 * The removal of what many consents or grants have is therefore a row of `oauth_removal`, and a job
 * takes it away from consents and ends grants. Until then no resource can have a scope with this
 * name, so that neither a former consent nor a former token counts for it. A resource that is
 * registered again gives nothing without its scopes.
 */
export class RemoveScopesInBoundedTime1795821000000 implements MigrationInterface {
  readonly name = 'RemoveScopesInBoundedTime1795821000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, DOWN);
  }
}

async function run(queryRunner: QueryRunner, statements: string[]): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  for (const statement of statements) {
    await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }
}

const SEARCH_PATH = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';
const LANGUAGE = `${SEARCH_PATH} SET jit = off SET enable_nestloop = off`;

/** Both tables are read whole: 64 MB take less than 0.2 s. 2,000 consents and grants take 0.5 s. */
const HAS_MUCH = `
  CREATE FUNCTION "gatehouse_removes_much"(names text[], identifier text) RETURNS boolean
  ${SEARCH_PATH} SET jit = off AS $$
  BEGIN
    RETURN pg_relation_size('oauth_consent') + pg_relation_size('oauth_refresh_token') > 67108864
        OR 2000 < (SELECT count(*) FROM (
             SELECT FROM oauth_consent WHERE scopes ?| names OR resources ? identifier
              LIMIT 2001) k)
        OR 2000 < (SELECT count(*) FROM (
             SELECT DISTINCT session_id, client_id FROM oauth_refresh_token
              WHERE (scopes ?| names OR resources ? identifier) AND expires_at > now()
                AND session_id IS NOT NULL
              LIMIT 2001) t);
  END $$`;

const LEAVE_SCOPES = `
    IF TG_OP = 'DELETE' AND gatehouse_removes_much(names, NULL) THEN
      INSERT INTO oauth_removal (resource, scopes)
      SELECT resource, array_agg(name) FROM old_rows GROUP BY resource;
      RETURN NULL;
    END IF;`;

/** A scope that moves to another resource stays registered: no job can take it away later. */
const endScopes = (leave: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_end_resource_scopes"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    names text[];
  BEGIN
    IF TG_OP = 'DELETE' THEN
      SELECT array_agg(name) INTO names FROM old_rows;
    ELSE
      SELECT array_agg(o.name) INTO names
        FROM old_rows o LEFT JOIN new_rows n ON n.name = o.name AND n.resource = o.resource
       WHERE n.name IS NULL;
    END IF;
    IF names IS NULL THEN
      RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7319045561207);
    UPDATE oauth_client
       SET scopes = scopes - names, client_credentials_scopes = client_credentials_scopes - names
     WHERE scopes ?| names OR client_credentials_scopes ?| names;${leave}
    UPDATE oauth_consent SET scopes = scopes - names WHERE scopes ?| names;
    DELETE FROM oauth_grant g USING (
        SELECT DISTINCT session_id, client_id FROM oauth_refresh_token
         WHERE scopes ?| names AND expires_at > now()) t
     WHERE g.session_id = t.session_id AND g.client_id = t.client_id;
    RETURN NULL;
  END $$`;

/** The scopes of the resource are removed after it. */
const LEAVE_RESOURCE = `
    IF gatehouse_removes_much(NULL, OLD.identifier) THEN
      INSERT INTO oauth_removal (resource) VALUES (OLD.identifier);
      RETURN NULL;
    END IF;`;

const endResource = (leave: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_end_resource"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN${leave}
    UPDATE oauth_consent SET resources = resources - OLD.identifier WHERE resources ? OLD.identifier;
    DELETE FROM oauth_grant g USING (
        SELECT DISTINCT session_id, client_id FROM oauth_refresh_token
         WHERE resources ? OLD.identifier AND expires_at > now()) t
     WHERE g.session_id = t.session_id AND g.client_id = t.client_id;
    RETURN NULL;
  END $$`;

/**
 * After the insert: one that has waited for the removal sees it. RefuseOldSnapshots1795802000000
 * refuses an update with an older snapshot.
 */
const REFUSE_REMOVED = `
  CREATE FUNCTION "gatehouse_refuse_removed_scope"() RETURNS trigger ${SEARCH_PATH} AS $$
  BEGIN
    IF TG_OP = 'INSERT'
       AND current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
      RAISE EXCEPTION 'a new scope needs the isolation level READ COMMITTED'
        USING ERRCODE = 'feature_not_supported';
    ELSIF EXISTS (SELECT FROM oauth_removal WHERE NEW.name = ANY (scopes)) THEN
      RAISE EXCEPTION 'a scope with this name is still being removed'
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'oauth_resource_scope_pkey';
    END IF;
    RETURN NULL;
  END $$`;

/** What the job has not done. */
const FINISH = `
  DO $$
  DECLARE
    names text[];
    identifiers text[];
  BEGIN
    SELECT coalesce(array_agg(name), '{}') INTO names FROM oauth_removal, unnest(scopes) AS name;
    SELECT coalesce(array_agg(resource), '{}') INTO identifiers FROM oauth_removal
     WHERE NOT EXISTS (SELECT FROM oauth_resource WHERE identifier = resource);
    UPDATE oauth_consent SET scopes = scopes - names, resources = resources - identifiers
     WHERE scopes ?| names OR resources ?| identifiers;
    DELETE FROM oauth_grant g USING (
        SELECT DISTINCT session_id, client_id FROM oauth_refresh_token
         WHERE (scopes ?| names OR resources ?| identifiers) AND expires_at > now()) t
     WHERE g.session_id = t.session_id AND g.client_id = t.client_id;
  END $$`;

const TRIGGER = 'oauth_resource_scope_is_free';

const UP = [
  `CREATE TABLE "oauth_removal" (
     "id" uuid NOT NULL DEFAULT gen_random_uuid(),
     "resource" text NOT NULL,
     "scopes" text[] NOT NULL DEFAULT '{}',
     "created_at" timestamptz(3) NOT NULL DEFAULT now(),
     "last_consent" text NOT NULL DEFAULT '',
     "last_token" text NOT NULL DEFAULT '',
     CONSTRAINT "oauth_removal_pkey" PRIMARY KEY ("id")
   )`,
  HAS_MUCH,
  endScopes(LEAVE_SCOPES),
  endResource(LEAVE_RESOURCE),
  REFUSE_REMOVED,
  `CREATE TRIGGER "${TRIGGER}" AFTER INSERT OR UPDATE OF name ON "oauth_resource_scope"
     FOR EACH ROW EXECUTE FUNCTION "gatehouse_refuse_removed_scope"()`,
  // Also with session_replication_role, which disables ordinary triggers.
  `ALTER TABLE "oauth_resource_scope" ENABLE ALWAYS TRIGGER "${TRIGGER}"`,
];

const DOWN = [
  `DROP TRIGGER "${TRIGGER}" ON "oauth_resource_scope"`,
  'DROP FUNCTION "gatehouse_refuse_removed_scope"',
  endScopes(''),
  endResource(''),
  'DROP FUNCTION "gatehouse_removes_much"',
  FINISH,
  'DROP TABLE "oauth_removal"',
];
