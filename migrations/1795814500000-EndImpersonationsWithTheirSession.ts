import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An impersonation ends with the session of the administrator in which it began: by a sign-out, by
 * the end of all sessions, by SQL, by time. Before, it lasted up to an hour after a stolen session
 * was ended.
 *
 * The column is empty in other sessions, and in those that a former release begins. The insert
 * locks the session that it names: it is refused (GH001), or the end of that session deletes it.
 */
export class EndImpersonationsWithTheirSession1795814500000 implements MigrationInterface {
  readonly name = 'EndImpersonationsWithTheirSession1795814500000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, DOWN);
  }
}

async function run(queryRunner: QueryRunner, statements: string[]): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  for (const statement of statements) {
    await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }
}

/** After `session_begins`, by its name: a ban is the first reason for a refusal. */
const NAME = 'session_begun_in_another';

const BEGIN_IN_SESSION = `
  CREATE FUNCTION "gatehouse_begin_in_session"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  BEGIN
    PERFORM FROM session WHERE id = NEW.begun_in AND user_id = NEW.impersonated_by FOR KEY SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the session of the administrator has ended' USING ERRCODE = 'GH001';
    END IF;
    NEW.expires_at := least(NEW.expires_at,
                            (SELECT expires_at FROM session WHERE id = NEW.begun_in));
    RETURN NEW;
  END $$`;

const UP = [
  'ALTER TABLE "session" ADD COLUMN "begun_in" text',
  `ALTER TABLE "session" ADD CONSTRAINT "session_begun_in_fkey"
     FOREIGN KEY ("begun_in") REFERENCES "session" ("id") ON DELETE CASCADE`,
  `CREATE INDEX "session_begun_in_idx" ON "session" ("begun_in") WHERE begun_in IS NOT NULL`,
  BEGIN_IN_SESSION,
  `CREATE TRIGGER "${NAME}" BEFORE INSERT OR UPDATE OF begun_in, impersonated_by ON "session"
     FOR EACH ROW WHEN (NEW.begun_in IS NOT NULL) EXECUTE FUNCTION "gatehouse_begin_in_session"()`,
  `ALTER TABLE "session" ENABLE ALWAYS TRIGGER "${NAME}"`,
];

const DOWN = [
  `DROP TRIGGER "${NAME}" ON "session"`,
  'DROP FUNCTION "gatehouse_begin_in_session"()',
  'DROP INDEX "session_begun_in_idx"',
  'ALTER TABLE "session" DROP COLUMN "begun_in"',
];
