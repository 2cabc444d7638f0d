import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTroves1795466002000 implements MigrationInterface {
  readonly name = 'CreateTroves1795466002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "trove" (
        "id" text NOT NULL,
        "user_id" text NOT NULL,
        "content" bytea NOT NULL,
        CONSTRAINT "trove_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "trove_user_id_fkey" FOREIGN KEY ("user_id")
          REFERENCES "user" ("id") ON DELETE CASCADE
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "trove"');
  }
}
