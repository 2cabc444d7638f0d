import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `told_status` is the status of the stream that its receiver knows: the receiver is told another
 * one by the event `stream-updated`. `rebuild_after` is the last account that was told after a loss of
 * events; `null`: nothing is told again.
 */
export class TellStreamStatus1795700302000 implements MigrationInterface {
  readonly name = 'TellStreamStatus1795700302000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "event_stream" ADD COLUMN "told_status" text NOT NULL DEFAULT 'enabled',
         ADD COLUMN "rebuild_after" text`,
    );
    await queryRunner.query('UPDATE "event_stream" SET "told_status" = "status"');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE "event_stream" DROP COLUMN "told_status", DROP COLUMN "rebuild_after"',
    );
  }
}
