import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The switch of the second factor, and the row with its secret, are written by several statements
 * of a request. Two requests of one user at once left a factor that refused every code, or asked
 * for the codes of another secret than the one whose first code was checked. Now
 *
 * - the switch is set for the secret that was checked: the function is a condition of the update,
 * - a verified secret does not become unverified: a new secret does not replace it,
 * - the row of a factor that is on is not deleted (at the commit: one transaction may do both),
 * - the end of the factor deletes the row; before, a fault in between refused a new factor.
 *
 * The refusals are GH008. All lock the user before the factor.
 */
export class KeepSecondFactorsWhole1795808000000 implements MigrationInterface {
  readonly name = 'KeepSecondFactorsWhole1795808000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    for (const statement of UP) {
      await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

/** A plan is made once for a connection, perhaps while the tables are empty. */
const BY_INDEX = 'SET enable_seqscan = off SET jit = off';

const REFUSE = `RAISE EXCEPTION 'the second factor has changed' USING ERRCODE = 'GH008';`;

/** The row stays locked, so that the secret is the same when the trigger of the switch verifies it. */
const CHECK_SECRET = `
  CREATE FUNCTION "gatehouse_check_second_factor"(owner text, checked text) RETURNS boolean
  ${LANGUAGE} AS $$
  BEGIN
    PERFORM FROM "user" WHERE id = owner FOR NO KEY UPDATE;
    PERFORM FROM two_factor WHERE user_id = owner AND secret = checked FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      ${REFUSE}
    END IF;
    RETURN true;
  END $$`;

const KEEP_VERIFIED = `
  CREATE FUNCTION "gatehouse_refuse_other_secret"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    ${REFUSE}
  END $$`;

const KEEP_ROW = `
  CREATE FUNCTION "gatehouse_keep_second_factor"() RETURNS trigger ${LANGUAGE} ${BY_INDEX} AS $$
  BEGIN
    IF EXISTS (SELECT FROM "user" WHERE id = OLD.user_id AND two_factor_enabled)
       AND NOT EXISTS (SELECT FROM two_factor WHERE user_id = OLD.user_id) THEN
      ${REFUSE}
    END IF;
    RETURN NULL;
  END $$`;

const DELETE_ROW = `
  CREATE FUNCTION "gatehouse_end_second_factor"() RETURNS trigger ${LANGUAGE} ${BY_INDEX} AS $$
  BEGIN
    DELETE FROM two_factor WHERE user_id = NEW.id;
    RETURN NULL;
  END $$`;

/** The user first, as in the deletion of a user: otherwise a migration beside it could deadlock. */
const TRIGGERS = [
  {
    name: 'user_ends_second_factor',
    table: 'user',
    create: `CREATE TRIGGER "user_ends_second_factor" AFTER UPDATE OF two_factor_enabled ON "user"
      FOR EACH ROW WHEN (OLD.two_factor_enabled AND NOT NEW.two_factor_enabled)
      EXECUTE FUNCTION "gatehouse_end_second_factor"()`,
  },
  {
    name: 'two_factor_stays_verified',
    table: 'two_factor',
    create: `CREATE TRIGGER "two_factor_stays_verified" BEFORE UPDATE ON "two_factor" FOR EACH ROW
      WHEN (OLD.verified AND NOT NEW.verified)
      EXECUTE FUNCTION "gatehouse_refuse_other_secret"()`,
  },
  {
    name: 'two_factor_stays_with_switch',
    table: 'two_factor',
    create: `CREATE CONSTRAINT TRIGGER "two_factor_stays_with_switch" AFTER DELETE ON "two_factor"
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      EXECUTE FUNCTION "gatehouse_keep_second_factor"()`,
  },
];

const UP = [
  CHECK_SECRET,
  KEEP_VERIFIED,
  KEEP_ROW,
  DELETE_ROW,
  ...TRIGGERS.flatMap(({ name, table, create }) => [
    create,
    `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
  ]),
  // Of users whom the fault has hit.
  `DELETE FROM "two_factor" t USING "user" u
    WHERE u.id = t.user_id AND t.verified AND NOT u.two_factor_enabled`,
];

const DOWN = [
  ...TRIGGERS.map(({ name, table }) => `DROP TRIGGER "${name}" ON "${table}"`),
  ...['refuse_other_secret', 'keep_second_factor', 'end_second_factor'].map(
    (name) => `DROP FUNCTION "gatehouse_${name}"()`,
  ),
  'DROP FUNCTION "gatehouse_check_second_factor"(text, text)',
];
