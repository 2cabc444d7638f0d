import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Stored responses of requests with `Idempotency-Key`. A row contains neither the caller nor the
 * request: `id` and `fingerprint` are one-way, and `answer` is readable only with the same key.
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
