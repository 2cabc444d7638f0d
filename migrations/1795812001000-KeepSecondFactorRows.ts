import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The deletion of a second factor that is in use is refused, and `TRUNCATE` was not: the users could
 * not sign in. The users are read after the statement, so one that also removes them is accepted.
 */
export class KeepSecondFactorRows1795812001000 implements MigrationInterface {
  readonly name = 'KeepSecondFactorRows1795812001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    for (const statement of UP) await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER "two_factor_truncation_keeps_rows" ON "two_factor"');
    await queryRunner.query('DROP FUNCTION "gatehouse_keep_second_factors"()');
  }
}

const UP = [
  `CREATE FUNCTION "gatehouse_keep_second_factors"() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
   BEGIN
     IF EXISTS (SELECT FROM "user" WHERE two_factor_enabled) THEN
       RAISE EXCEPTION 'the second factor has changed' USING ERRCODE = 'GH008';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER "two_factor_truncation_keeps_rows" AFTER TRUNCATE ON "two_factor"
     FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_keep_second_factors"()`,
  'ALTER TABLE "two_factor" ENABLE ALWAYS TRIGGER "two_factor_truncation_keeps_rows"',
];
