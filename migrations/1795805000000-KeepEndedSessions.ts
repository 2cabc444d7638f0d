import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session that has ended is not extended. The auth server reads a session and then extends it; a
 * statement that ended the session in between was undone. The update changes nothing, as for a
 * session that was deleted in between.
 */
export class KeepEndedSessions1795805000000 implements MigrationInterface {
  readonly name = 'KeepEndedSessions1795805000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  `CREATE FUNCTION "gatehouse_keep_ended_session"() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER "session_ended" BEFORE UPDATE ON "session" FOR EACH ROW
     WHEN (OLD.expires_at <= clock_timestamp() AND NEW.expires_at > OLD.expires_at)
     EXECUTE FUNCTION "gatehouse_keep_ended_session"()`,
  'ALTER TABLE "session" ENABLE ALWAYS TRIGGER "session_ended"',
];

const DOWN = [
  'DROP TRIGGER "session_ended" ON "session"',
  'DROP FUNCTION "gatehouse_keep_ended_session"()',
];
