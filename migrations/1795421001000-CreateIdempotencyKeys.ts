import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Answers to requests that were sent with `Idempotency-Key`, for those who send them again.
 * A row says neither who sent the request nor what it was: `id` and `fingerprint` are
 * one-way, and `answer` can be read by whoever sends the same key again and by nobody else.
 */
export class CreateIdempotencyKeys1795421001000 implements MigrationInterface {
  readonly name = 'CreateIdempotencyKeys1795421001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "idempotency_key" (
        "id" bytea NOT NULL,
        "fingerprint" bytea NOT NULL,
        "attempt" uuid NOT NULL,
        "lease_expires_at" timestamptz NOT NULL,
        "answer" bytea,
        "expires_at" timestamptz NOT NULL,
        CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("id")
      )`);
    await queryRunner.query(
      'CREATE INDEX "idempotency_key_expires_at_idx" ON "idempotency_key" ("expires_at")',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "idempotency_key"');
  }
}
