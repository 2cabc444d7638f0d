import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Announces, on the channel `gatehouse_access`, every change of an OAuth client that changes
 * access: disabled, scopes, deletion. It follows the rules of AnnounceAccessChanges1795413000000
 * and shares its count for each transaction. A new secret is not announced, because existing
 * tokens stay valid.
 */
export class AnnounceClientChanges1795425001000 implements MigrationInterface {
  readonly name = 'AnnounceClientChanges1795425001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const ANNOUNCE_CLIENTS = `
  CREATE FUNCTION "gatehouse_announce_clients"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    ids text[];
    payload text;
    announced integer := coalesce(nullif(current_setting('gatehouse.announced', true), ''), '0')::integer;
  BEGIN
    IF TG_OP = 'DELETE' THEN
      SELECT array_agg(client_id) INTO ids FROM (SELECT client_id FROM old_rows LIMIT 101) AS gone;
    ELSIF TG_OP = 'UPDATE' THEN
      SELECT array_agg(client_id) INTO ids FROM (
        SELECT o.client_id FROM old_rows o LEFT JOIN new_rows n ON n.client_id = o.client_id
         WHERE n.client_id IS NULL OR n.disabled IS DISTINCT FROM o.disabled
            OR n.scopes IS DISTINCT FROM o.scopes
            OR n.client_credentials_scopes IS DISTINCT FROM o.client_credentials_scopes
         LIMIT 101) AS changed;
    END IF;
    IF TG_OP <> 'TRUNCATE' AND ids IS NULL THEN
      RETURN NULL;
    END IF;
    payload := json_build_object('clients', ids)::text;
    IF ids IS NULL OR cardinality(ids) > 100 OR octet_length(payload) > 7900 OR announced >= 16 THEN
      payload := '{"all":true}';
    ELSE
      PERFORM set_config('gatehouse.announced', (announced + 1)::text, true);
    END IF;
    PERFORM pg_notify('gatehouse_access', payload);
    RETURN NULL;
  END $$`;

const RUN = 'FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_announce_clients"()';
const EVENTS = ['updated', 'deleted', 'truncated'];

const UP = [
  ANNOUNCE_CLIENTS,
  `CREATE TRIGGER "oauth_client_access_updated" AFTER UPDATE ON "oauth_client"
     REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ${RUN}`,
  `CREATE TRIGGER "oauth_client_access_deleted" AFTER DELETE ON "oauth_client"
     REFERENCING OLD TABLE AS old_rows ${RUN}`,
  `CREATE TRIGGER "oauth_client_access_truncated" AFTER TRUNCATE ON "oauth_client" ${RUN}`,
  // Also with session_replication_role, which disables ordinary triggers.
  ...EVENTS.map(
    (event) => `ALTER TABLE "oauth_client" ENABLE ALWAYS TRIGGER "oauth_client_access_${event}"`,
  ),
];

const DOWN = [
  ...EVENTS.map((event) => `DROP TRIGGER "oauth_client_access_${event}" ON "oauth_client"`),
  'DROP FUNCTION "gatehouse_announce_clients"()',
];
