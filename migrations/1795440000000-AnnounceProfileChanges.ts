import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A replica keeps the profile of a known user beside the state of access. So a change of the
 * profile is announced like a change of access: by the rules and with the payload of
 * AnnounceAccessChanges1795413000000, whose function this replaces. A replica of the version
 * before reads such a notification as a change of access, which is safe.
 */
export class AnnounceProfileChanges1795440000000 implements MigrationInterface {
  readonly name = 'AnnounceProfileChanges1795440000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(announceChanges([...ACCESS_COLUMNS, ...PROFILE_COLUMNS]));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(announceChanges(ACCESS_COLUMNS));
  }
}

const ACCESS_COLUMNS = ['role', 'banned', 'ban_expires'];

const PROFILE_COLUMNS = [
  'email',
  'email_verified',
  'name',
  'image',
  'ban_reason',
  'created_at',
  'updated_at',
];

/** @param columns of a user: a change of any of them is announced. */
function announceChanges(columns: readonly string[]): string {
  const differences = columns.map((column) => `n.${column} IS DISTINCT FROM o.${column}`);
  return `
  CREATE OR REPLACE FUNCTION "gatehouse_announce_access"() RETURNS trigger
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
         WHERE n.id IS NULL OR ${differences.join(' OR ')}
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
}
