import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session records how its user signed in, as an array of the values of the claim `amr`
 * (RFC 8176). Sessions that began before have none.
 */
export class RecordAuthenticationMethods1795689000000 implements MigrationInterface {
  readonly name = 'RecordAuthenticationMethods1795689000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "session" ADD COLUMN "authentication_methods" jsonb
         CONSTRAINT "session_authentication_methods_check"
         CHECK (jsonb_typeof("authentication_methods") = 'array')`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE "session" DROP COLUMN "authentication_methods"');
  }
}
