import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A secret that all replicas of the API share without a setting, for example as the key of page
 * cursors. The API creates it at its first use.
 */
export class CreateInstallationSecret1795421000000 implements MigrationInterface {
  readonly name = 'CreateInstallationSecret1795421000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "installation_secret" (
        "name" text NOT NULL,
        "value" bytea NOT NULL,
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "installation_secret_pkey" PRIMARY KEY ("name"),
        CONSTRAINT "installation_secret_value_check" CHECK (octet_length("value") >= 32)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "installation_secret"');
  }
}
