import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Only a row that is new deletes what an earlier client with its id has left
 * (EndGrantsOfClientsAtOnce1795817000000). A trigger before an insert also runs for a row that exists,
 * in `INSERT … ON CONFLICT DO UPDATE`: each start of an auth server deleted all grants and consents of
 * the client of the API's documentation. After the insert, no other transaction adds a grant or a
 * consent of the former client.
 */
export class BeginClientsOnce1795819000000 implements MigrationInterface {
  readonly name = 'BeginClientsOnce1795819000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runTrigger(queryRunner, 'AFTER');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runTrigger(queryRunner, 'BEFORE');
  }
}

async function runTrigger(queryRunner: QueryRunner, time: 'AFTER' | 'BEFORE'): Promise<void> {
  await queryRunner.query('DROP TRIGGER "oauth_client_begins" ON "oauth_client"');
  await queryRunner.query(`
    CREATE TRIGGER "oauth_client_begins" ${time} INSERT ON "oauth_client"
    FOR EACH ROW EXECUTE FUNCTION "gatehouse_begin_client"()`);
  // Also with session_replication_role, which disables ordinary triggers.
  await queryRunner.query('ALTER TABLE "oauth_client" ENABLE ALWAYS TRIGGER "oauth_client_begins"');
}
