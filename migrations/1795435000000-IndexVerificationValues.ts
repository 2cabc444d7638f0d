import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Proofs of a user are found by `value`: when the user is deleted, changes the password or
 * changes the second factor. A hash index, because a value may be longer than an entry of a
 * B-tree.
 */
export class IndexVerificationValues1795435000000 implements MigrationInterface {
  readonly name = 'IndexVerificationValues1795435000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE INDEX "verification_value_idx" ON "verification" USING hash ("value")',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX "verification_value_idx"');
  }
}
