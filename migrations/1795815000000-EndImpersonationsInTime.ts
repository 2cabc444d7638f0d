import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An earlier end of a session is that of the impersonations which began in it. Before, an
 * administrator whose session was ended by its time, and not by its deletion, acted as the user for
 * up to an hour more.
 *
 * An insert locks the session against this change too: either it reads the new end, or the change
 * finds its row. A change with an older snapshot would not, so it is refused (0A000).
 */
export class EndImpersonationsInTime1795815000000 implements MigrationInterface {
  readonly name = 'EndImpersonationsInTime1795815000000';

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

const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

const beginInSession = (locked: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_begin_in_session"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    PERFORM FROM session WHERE id = NEW.begun_in AND user_id = NEW.impersonated_by ${locked};
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the session of the administrator has ended' USING ERRCODE = 'GH001';
    END IF;
    NEW.expires_at := least(NEW.expires_at,
                            (SELECT expires_at FROM session WHERE id = NEW.begun_in));
    RETURN NEW;
  END $$`;

const END_IMPERSONATIONS = `
  CREATE FUNCTION "gatehouse_end_impersonations_in_time"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    UPDATE session SET expires_at = NEW.expires_at
     WHERE begun_in = NEW.id AND expires_at > NEW.expires_at;
    RETURN NULL;
  END $$`;

const EARLIER =
  'UPDATE OF expires_at ON "session" FOR EACH ROW WHEN (NEW.expires_at < OLD.expires_at)';

/** Name, function. */
const TRIGGERS = [
  ['session_end_is_that_of_impersonations', 'gatehouse_end_impersonations_in_time'],
  ['session_end_refuses_old_snapshot', 'gatehouse_refuse_old_snapshot'],
] as const;

const UP = [
  beginInSession('AND expires_at > clock_timestamp() FOR SHARE'),
  END_IMPERSONATIONS,
  ...TRIGGERS.flatMap(([name, action]) => [
    `CREATE TRIGGER "${name}" AFTER ${EARLIER} EXECUTE FUNCTION "${action}"()`,
    `ALTER TABLE "session" ENABLE ALWAYS TRIGGER "${name}"`,
  ]),
  `UPDATE "session" AS acting SET expires_at = own.expires_at
     FROM "session" AS own
    WHERE own.id = acting.begun_in AND own.expires_at < acting.expires_at`,
];

const DOWN = [
  ...TRIGGERS.map(([name]) => `DROP TRIGGER "${name}" ON "session"`),
  'DROP FUNCTION "gatehouse_end_impersonations_in_time"()',
  beginInSession('FOR KEY SHARE'),
];
