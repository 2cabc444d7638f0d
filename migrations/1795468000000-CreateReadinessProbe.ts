import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row for each kind of process, which its readiness writes: the database accepts writes. */
export class CreateReadinessProbe1795468000000 implements MigrationInterface {
  readonly name = 'CreateReadinessProbe1795468000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "readiness_probe" (
        "process" text PRIMARY KEY,
        "written_at" timestamptz NOT NULL
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "readiness_probe"');
  }
}
