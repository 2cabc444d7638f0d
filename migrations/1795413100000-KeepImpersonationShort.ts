import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session of an impersonation keeps its end. Better-Auth begins it for one hour. Its sliding
 * renewal would extend it to a week with the first token, because one hour looks like a session
 * that ends soon. A trigger applies to every writer.
 */
export class KeepImpersonationShort1795413100000 implements MigrationInterface {
  readonly name = 'KeepImpersonationShort1795413100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION "gatehouse_keep_impersonation_short"() RETURNS trigger
      LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        NEW.expires_at := OLD.expires_at;
        RETURN NEW;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "session_impersonation_not_extended" BEFORE UPDATE ON "session"
      FOR EACH ROW WHEN (OLD.impersonated_by IS NOT NULL AND NEW.expires_at > OLD.expires_at)
      EXECUTE FUNCTION "gatehouse_keep_impersonation_short"()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER "session_impersonation_not_extended" ON "session"');
    await queryRunner.query('DROP FUNCTION "gatehouse_keep_impersonation_short"()');
  }
}
