import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes of the list of users: one for each order that ends in the id (e-mail addresses are
 * unique, their key is enough), and a trigram index for parts of e-mail address and name.
 */
export class IndexUserList1795421002000 implements MigrationInterface {
  readonly name = 'IndexUserList1795421002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addTrigrams(queryRunner);
    await queryRunner.query('CREATE INDEX "user_created_at_id_idx" ON "user" ("created_at", "id")');
    await queryRunner.query('CREATE INDEX "user_name_id_idx" ON "user" ("name", "id")');
    await queryRunner.query(
      'CREATE INDEX "user_search_idx" ON "user" USING gin ("email" gin_trgm_ops, "name" gin_trgm_ops)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP INDEX "user_search_idx", "user_name_id_idx", "user_created_at_id_idx"',
    );
    await queryRunner.query(DROP_TRIGRAMS);
  }
}

/** Trusted since PostgreSQL 13: the owner of the database can create it without superuser. */
async function addTrigrams(queryRunner: QueryRunner): Promise<void> {
  try {
    await queryRunner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      'the extension pg_trgm, which comes with PostgreSQL, could not be added to the database. ' +
        'Install it (in some distributions it is in the package postgresql-contrib), or let an ' +
        `administrator run CREATE EXTENSION pg_trgm. PostgreSQL said: ${reason}`,
      { cause: error },
    );
  }
}

/** The extension stays, because other applications may use it. */
const DROP_TRIGRAMS = `
  DO $$ BEGIN
    DROP EXTENSION IF EXISTS pg_trgm;
  EXCEPTION WHEN insufficient_privilege OR dependent_objects_still_exist THEN
    NULL;
  END $$`;
