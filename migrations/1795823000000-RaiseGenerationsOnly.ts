import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The generation of a client's grants is only raised. A lower one puts the grants in force again that
 * ended with it (EndGrantsOfClientsAtOnce1795817000000), until the job has deleted them. The API needs
 * the right to write the column, because triggers run with its rights.
 */
export class RaiseGenerationsOnly1795823000000 implements MigrationInterface {
  readonly name = 'RaiseGenerationsOnly1795823000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE FUNCTION "gatehouse_keep_generation"() RETURNS trigger
      LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        RAISE EXCEPTION 'the generation of a client is only raised'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'oauth_client_generation_kept';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER "oauth_client_generation_kept" BEFORE UPDATE ON "oauth_client" FOR EACH ROW
      WHEN (NEW.grant_generation < OLD.grant_generation)
      EXECUTE FUNCTION "gatehouse_keep_generation"()`);
    // Also with session_replication_role, which disables ordinary triggers.
    await queryRunner.query(
      'ALTER TABLE "oauth_client" ENABLE ALWAYS TRIGGER "oauth_client_generation_kept"',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER "oauth_client_generation_kept" ON "oauth_client"');
    await queryRunner.query('DROP FUNCTION "gatehouse_keep_generation"');
  }
}
