import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A link to set a new password was sent to the user's address at that time, to replace a forgotten
 * password. When the address or the password changes, by any writer, pending links end.
 */
export class EndPasswordLinks1795422000000 implements MigrationInterface {
  readonly name = 'EndPasswordLinks1795422000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION "gatehouse_end_password_links"() RETURNS trigger
      LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        owner text := to_jsonb(NEW) ->> TG_ARGV[0];
      BEGIN
        EXECUTE format(
          'DELETE FROM %I.verification WHERE value = $1 AND identifier LIKE ''reset-password:%%''',
          TG_TABLE_SCHEMA) USING owner;
        RETURN NULL;
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "user_end_password_links" AFTER UPDATE OF email ON "user"
      FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email)
      EXECUTE FUNCTION "gatehouse_end_password_links"('id')`);
    await queryRunner.query(`
      CREATE TRIGGER "account_end_password_links" AFTER UPDATE OF password ON "account"
      FOR EACH ROW WHEN (OLD.password IS DISTINCT FROM NEW.password)
      EXECUTE FUNCTION "gatehouse_end_password_links"('user_id')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER "account_end_password_links" ON "account"');
    await queryRunner.query('DROP TRIGGER "user_end_password_links" ON "user"');
    await queryRunner.query('DROP FUNCTION "gatehouse_end_password_links"()');
  }
}
