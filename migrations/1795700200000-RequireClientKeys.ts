import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A client that authenticates by keys (`private_key_jwt`, RFC 7523) has keys. A client that has
 * none gets an empty set, which accepts no assertion either.
 */
export class RequireClientKeys1795700200000 implements MigrationInterface {
  readonly name = 'RequireClientKeys1795700200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      UPDATE "oauth_client" SET "jwks" = '{"keys":[]}'
       WHERE "token_endpoint_auth_method" = 'private_key_jwt'
         AND "jwks" IS NULL AND "jwks_uri" IS NULL`);
    await queryRunner.query(`
      ALTER TABLE "oauth_client" ADD CONSTRAINT "oauth_client_keys_check"
        CHECK ("token_endpoint_auth_method" IS DISTINCT FROM 'private_key_jwt'
            OR "jwks" IS NOT NULL OR "jwks_uri" IS NOT NULL)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE "oauth_client" DROP CONSTRAINT "oauth_client_keys_check"');
  }
}
