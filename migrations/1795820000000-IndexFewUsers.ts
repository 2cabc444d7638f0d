import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Administrators and banned users are few of all users. The lists and counts of them, and the check at
 * the start that there is an administrator, read the whole table, or walked an index that contains
 * every user.
 *
 * A function that is not marked as safe makes every statement that calls it run without parallel
 * workers: the statistics read all users and all sessions.
 */
export class IndexFewUsers1795820000000 implements MigrationInterface {
  readonly name = 'IndexFewUsers1795820000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  `CREATE INDEX "user_role_idx" ON "user" ("role", "created_at", "id") WHERE role <> 'user'`,
  'CREATE INDEX "user_banned_idx" ON "user" ("created_at", "id") WHERE banned',
  'ALTER FUNCTION "gatehouse_is_banned" PARALLEL SAFE',
];

const DOWN = [
  'ALTER FUNCTION "gatehouse_is_banned" PARALLEL UNSAFE',
  'DROP INDEX "user_banned_idx"',
  'DROP INDEX "user_role_idx"',
];
