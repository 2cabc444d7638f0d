import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The time of a statement for many users or clients grows with their number, not with its square:
 *
 * - PL/pgSQL keeps the plan of a statement. A plan from a change of one row joins the old and the
 *   new rows by a nested loop, and a ban of 5,000 users then took six seconds under locks. The
 *   functions that join them use no nested loop.
 * - A ban ends impersonations once for each statement (`user_ban_ends_sessions`). The trigger for
 *   each row is left with changes of the role.
 */
export class KeepBulkChangesLinear1795467000000 implements MigrationInterface {
  readonly name = 'KeepBulkChangesLinear1795467000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const name of JOINING) {
      await queryRunner.query(`ALTER FUNCTION "${name}"() SET enable_nestloop = off`);
    }
    await replaceTrigger(queryRunner, ['role']);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replaceTrigger(queryRunner, ['role', 'banned']);
    for (const name of JOINING) {
      await queryRunner.query(`ALTER FUNCTION "${name}"() RESET enable_nestloop`);
    }
  }
}

const JOINING = [
  'gatehouse_announce_access',
  'gatehouse_announce_clients',
  'gatehouse_end_banned_sessions',
];

async function replaceTrigger(queryRunner: QueryRunner, columns: string[]): Promise<void> {
  const hasChanged = columns.map((name) => `OLD.${name} IS DISTINCT FROM NEW.${name}`);
  for (const statement of [
    'DROP TRIGGER "user_change_ends_impersonations" ON "user"',
    `CREATE TRIGGER "user_change_ends_impersonations" AFTER UPDATE OF ${columns.join(', ')} ON "user"
       FOR EACH ROW WHEN (${hasChanged.join(' OR ')})
       EXECUTE FUNCTION "gatehouse_end_impersonations"()`,
    'ALTER TABLE "user" ENABLE ALWAYS TRIGGER "user_change_ends_impersonations"',
  ]) {
    await queryRunner.query(statement);
  }
}
