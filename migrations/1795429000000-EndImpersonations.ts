import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session of an impersonation ends when its administrator is demoted, banned or deleted, or when
 * the impersonated user becomes an administrator. A trigger applies to every writer: Better-Auth's
 * routes and SQL statements also set roles.
 */
export class EndImpersonations1795429000000 implements MigrationInterface {
  readonly name = 'EndImpersonations1795429000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION "gatehouse_end_impersonations"() RETURNS trigger
      LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        IF TG_OP = 'DELETE' OR NEW.banned OR NEW.role <> 'admin' THEN
          EXECUTE format('DELETE FROM %I.session WHERE impersonated_by = $1', TG_TABLE_SCHEMA)
            USING OLD.id;
        ELSE
          EXECUTE format(
            'DELETE FROM %I.session WHERE user_id = $1 AND impersonated_by IS NOT NULL',
            TG_TABLE_SCHEMA) USING OLD.id;
        END IF;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE INDEX "session_impersonated_by_idx" ON "session" ("impersonated_by")
       WHERE impersonated_by IS NOT NULL`);
    await queryRunner.query(`
      CREATE TRIGGER "user_change_ends_impersonations" AFTER UPDATE OF role, banned ON "user"
      FOR EACH ROW WHEN (OLD.role IS DISTINCT FROM NEW.role OR OLD.banned IS DISTINCT FROM NEW.banned)
      EXECUTE FUNCTION "gatehouse_end_impersonations"()`);
    await queryRunner.query(`
      CREATE TRIGGER "user_deletion_ends_impersonations" AFTER DELETE ON "user"
      FOR EACH ROW EXECUTE FUNCTION "gatehouse_end_impersonations"()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER "user_deletion_ends_impersonations" ON "user"');
    await queryRunner.query('DROP TRIGGER "user_change_ends_impersonations" ON "user"');
    await queryRunner.query('DROP INDEX "session_impersonated_by_idx"');
    await queryRunner.query('DROP FUNCTION "gatehouse_end_impersonations"()');
  }
}
