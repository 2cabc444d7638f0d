import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The mail queue. A mail can contain a link that sets a password, so its content is encrypted with
 * a key that the database does not have. A sender moves `due_at` ahead while it sends. When the
 * sender dies, the mail becomes ready again at that time.
 */
export class CreateMailQueue1795424000000 implements MigrationInterface {
  readonly name = 'CreateMailQueue1795424000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "mail_queue" (
        "id" uuid NOT NULL,
        "sealed" bytea NOT NULL,
        "attempts" integer NOT NULL DEFAULT 0,
        "due_at" timestamptz(3) NOT NULL DEFAULT now(),
        "expires_at" timestamptz(3) NOT NULL,
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "mail_queue_pkey" PRIMARY KEY ("id")
      )`);
    await queryRunner.query('CREATE INDEX "mail_queue_due_at_idx" ON "mail_queue" ("due_at")');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "mail_queue"');
  }
}
