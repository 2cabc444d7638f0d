import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A sign-in after the end of a ban removes the ban. The auth server reads the user and then changes
 * the row: it also removed a new ban that came in between, and a ban that had ended by the clock of
 * this auth server alone. Such a change is marked (`ENDED_BAN` in `contract/database-refusals.ts`).
 * It is refused as the session of a banned user is (GH002) while the ban is in force by the clock of
 * the database.
 *
 * The name of the trigger comes before `user_changes_credentials`, which removes the mark.
 */
export class KeepNewBans1795810000000 implements MigrationInterface {
  readonly name = 'KeepNewBans1795810000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

/** The clock, not the start of the statement: it can have waited for the new ban. */
const UP = [
  `CREATE FUNCTION "gatehouse_keep_new_ban"() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     IF OLD.ban_expires IS NULL OR OLD.ban_expires > clock_timestamp() THEN
       RAISE EXCEPTION 'the user is banned' USING ERRCODE = 'GH002';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER "user_ban_ended" BEFORE UPDATE ON "user" FOR EACH ROW
     WHEN (OLD.banned AND split_part(NEW.basis, ' ', 3) = 'ended-ban')
     EXECUTE FUNCTION "gatehouse_keep_new_ban"()`,
  'ALTER TABLE "user" ENABLE ALWAYS TRIGGER "user_ban_ended"',
];

const DOWN = [
  'DROP TRIGGER "user_ban_ended" ON "user"',
  'DROP FUNCTION "gatehouse_keep_new_ban"()',
];
