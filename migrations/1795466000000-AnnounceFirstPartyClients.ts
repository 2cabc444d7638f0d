import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A first-party client (`skip_consent`) is judged by the role of its user, and its users are not
 * asked for consent. Every replica hears a change of it. When the client stops being one, its
 * grants end: no user has consented to them.
 */
export class AnnounceFirstPartyClients1795466000000 implements MigrationInterface {
  readonly name = 'AnnounceFirstPartyClients1795466000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const { name, condition, run } of TRIGGERS) {
      await queryRunner.query(`
        CREATE TRIGGER "${name}" AFTER UPDATE ON "oauth_client" FOR EACH ROW
          WHEN (${condition}) EXECUTE FUNCTION "${run}"()`);
      // Also with session_replication_role, which disables ordinary triggers.
      await queryRunner.query(`ALTER TABLE "oauth_client" ENABLE ALWAYS TRIGGER "${name}"`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of TRIGGERS) {
      await queryRunner.query(`DROP TRIGGER "${name}" ON "oauth_client"`);
    }
  }
}

const TRIGGERS = [
  {
    name: 'oauth_client_first_party_changed',
    condition: 'OLD.skip_consent IS DISTINCT FROM NEW.skip_consent',
    run: 'gatehouse_announce_grant_types',
  },
  {
    name: 'oauth_client_first_party_ended',
    condition: 'OLD.skip_consent AND NEW.skip_consent IS NOT TRUE',
    run: 'gatehouse_end_grants_of_client',
  },
];
