import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Notices to owners of accounts about changes of the API, which sends no mails. A row is written with
 * the change, so that the notice is not lost when the auth server does not run. The auth server
 * deletes it when the mail is in its queue.
 */
export class KeepOwnerNotices1795822000000 implements MigrationInterface {
  readonly name = 'KeepOwnerNotices1795822000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "owner_notice" (
        "id" uuid NOT NULL,
        "notice" jsonb NOT NULL,
        "created_at" timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT "owner_notice_pkey" PRIMARY KEY ("id")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "owner_notice"');
  }
}
