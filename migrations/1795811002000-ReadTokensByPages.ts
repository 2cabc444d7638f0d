import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The export of a user reads the refresh tokens by pages, in the order of this index. */
export class ReadTokensByPages1795811002000 implements MigrationInterface {
  readonly name = 'ReadTokensByPages1795811002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replaceIndex(queryRunner, '"user_id", "created_at", "id"');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replaceIndex(queryRunner, '"user_id"');
  }
}

async function replaceIndex(queryRunner: QueryRunner, columns: string): Promise<void> {
  await queryRunner.query('DROP INDEX "oauth_refresh_token_user_id_idx"');
  await queryRunner.query(
    `CREATE INDEX "oauth_refresh_token_user_id_idx" ON "oauth_refresh_token" (${columns})`,
  );
}
