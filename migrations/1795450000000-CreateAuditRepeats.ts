import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Counters of what anonymous callers repeat. The audit log is append-only, so it cannot hold a
 * number that grows: it gets the number when the hour is over.
 */
export class CreateAuditRepeats1795450000000 implements MigrationInterface {
  readonly name = 'CreateAuditRepeats1795450000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "audit_repeat" (
        "ends_at" timestamptz(0) NOT NULL,
        "action" text NOT NULL,
        "outcome" text NOT NULL,
        "network" text NOT NULL,
        "client_id" text NOT NULL,
        "detail" jsonb NOT NULL,
        "count" integer NOT NULL DEFAULT 1,
        CONSTRAINT "audit_repeat_pkey"
          PRIMARY KEY ("ends_at", "action", "outcome", "network", "client_id", "detail")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "audit_repeat"');
  }
}
