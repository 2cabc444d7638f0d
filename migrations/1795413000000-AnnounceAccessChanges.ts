import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Announces every change of access, by every writer, on the channel `gatehouse_access`.
 * docs/security/live-access.md describes the changes and the protocol. Statement-level triggers
 * with transition tables: a statement on many rows sends one notification. A transaction sends at
 * most 17. After 16 the rest is `{"all":true}`, which PostgreSQL delivers once (NOTIFY drops
 * duplicates within a transaction). This also bounds a cascade, which runs one DELETE for each
 * user.
 */
export class AnnounceAccessChanges1795413000000 implements MigrationInterface {
  readonly name = 'AnnounceAccessChanges1795413000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

/** A payload is limited to 8000 bytes by PostgreSQL. */
const ANNOUNCE_CHANGES = `
  CREATE FUNCTION "gatehouse_announce_access"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    kind text := TG_ARGV[0];
    ids text[];
    payload text;
    announced integer := coalesce(nullif(current_setting('gatehouse.announced', true), ''), '0')::integer;
  BEGIN
    IF TG_OP = 'DELETE' THEN
      SELECT array_agg(id) INTO ids FROM (SELECT id FROM old_rows LIMIT 101) AS gone;
    ELSIF TG_OP = 'UPDATE' AND kind = 'users' THEN
      SELECT array_agg(id) INTO ids FROM (
        SELECT o.id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
         WHERE n.id IS NULL OR n.role IS DISTINCT FROM o.role OR n.banned IS DISTINCT FROM o.banned
            OR n.ban_expires IS DISTINCT FROM o.ban_expires
         LIMIT 101) AS changed;
    ELSIF TG_OP = 'UPDATE' THEN
      SELECT array_agg(id) INTO ids FROM (
        SELECT o.id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
         WHERE n.id IS NULL OR n.user_id <> o.user_id OR n.expires_at < o.expires_at
         LIMIT 101) AS changed;
    END IF;
    IF TG_OP <> 'TRUNCATE' AND ids IS NULL THEN
      RETURN NULL;
    END IF;
    payload := json_build_object(kind, ids)::text;
    IF ids IS NULL OR cardinality(ids) > 100 OR octet_length(payload) > 7900 OR announced >= 16 THEN
      payload := '{"all":true}';
    ELSE
      PERFORM set_config('gatehouse.announced', (announced + 1)::text, true);
    END IF;
    PERFORM pg_notify('gatehouse_access', payload);
    RETURN NULL;
  END $$`;

const ANNOUNCE_KEYS = `
  CREATE FUNCTION "gatehouse_announce_keys"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    PERFORM pg_notify('gatehouse_access', '{"keys":true}');
    RETURN NULL;
  END $$`;

function triggersOf(table: 'user' | 'session', kind: 'users' | 'sessions'): string[] {
  const run = `FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_announce_access"('${kind}')`;
  return [
    `CREATE TRIGGER "${table}_access_updated" AFTER UPDATE ON "${table}"
       REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ${run}`,
    `CREATE TRIGGER "${table}_access_deleted" AFTER DELETE ON "${table}"
       REFERENCING OLD TABLE AS old_rows ${run}`,
    `CREATE TRIGGER "${table}_access_truncated" AFTER TRUNCATE ON "${table}" ${run}`,
    // Also with session_replication_role, which disables ordinary triggers.
    ...['updated', 'deleted', 'truncated'].map(
      (event) => `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${table}_access_${event}"`,
    ),
  ];
}

const UP = [
  ANNOUNCE_CHANGES,
  ANNOUNCE_KEYS,
  ...triggersOf('user', 'users'),
  ...triggersOf('session', 'sessions'),
  `CREATE TRIGGER "jwks_changed" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "jwks"
     FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_announce_keys"()`,
  'ALTER TABLE "jwks" ENABLE ALWAYS TRIGGER "jwks_changed"',
];

const DOWN = [
  'DROP TRIGGER "jwks_changed" ON "jwks"',
  ...(['session', 'user'] as const).flatMap((table) =>
    ['updated', 'deleted', 'truncated'].map(
      (event) => `DROP TRIGGER "${table}_access_${event}" ON "${table}"`,
    ),
  ),
  'DROP FUNCTION "gatehouse_announce_keys"()',
  'DROP FUNCTION "gatehouse_announce_access"()',
];
