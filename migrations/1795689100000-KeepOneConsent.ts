import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A user has one consent for a client. Two consents in parallel could leave two rows, and a change
 * of one row left the scopes of the other in force. The newest row stays. The removal of an older
 * one ends the grants of the user to the client (EndOAuthGrants1795428000000), because it is not
 * known which row they rest on.
 */
export class KeepOneConsent1795689100000 implements MigrationInterface {
  readonly name = 'KeepOneConsent1795689100000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX "oauth_consent_user_id_client_id_uidx"');
  }
}

const UP = [
  // No consent is written between the two statements below.
  'LOCK TABLE "oauth_consent" IN SHARE ROW EXCLUSIVE MODE',
  `DELETE FROM "oauth_consent" AS former USING "oauth_consent" AS newer
    WHERE newer.user_id = former.user_id AND newer.client_id = former.client_id
      AND (newer.updated_at, newer.id) > (former.updated_at, former.id)`,
  'CREATE UNIQUE INDEX "oauth_consent_user_id_client_id_uidx" ON "oauth_consent" ("user_id", "client_id")',
];
