import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Mails that wait to be handed to the mail server. A mail may hold the link with which a
 * password is set, so its content is sealed with a key that the database does not know.
 *
 * A mail that somebody is sending is not due: whoever takes it moves `due_at` ahead, and a
 * sender that dies leaves nothing behind but a mail that becomes due again.
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
