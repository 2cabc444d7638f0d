import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first code switches the second factor of a user on, and marks its secret as verified by a
 * later statement. A fault between them asked the user for a factor that every code was refused for.
 * The switch marks the secret.
 */
export class VerifyEnabledSecondFactors1795806000000 implements MigrationInterface {
  readonly name = 'VerifyEnabledSecondFactors1795806000000';

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

const UP = [
  `CREATE FUNCTION "gatehouse_verify_second_factor"() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
   BEGIN
     UPDATE two_factor SET verified = true WHERE user_id = NEW.id AND verified = false;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER "user_verifies_second_factor" AFTER UPDATE OF two_factor_enabled ON "user"
     FOR EACH ROW WHEN (NEW.two_factor_enabled AND NOT OLD.two_factor_enabled)
     EXECUTE FUNCTION "gatehouse_verify_second_factor"()`,
  'ALTER TABLE "user" ENABLE ALWAYS TRIGGER "user_verifies_second_factor"',
  // Of users whom the fault has hit.
  `UPDATE "two_factor" t SET verified = true FROM "user" u
    WHERE u.id = t.user_id AND u.two_factor_enabled AND NOT t.verified`,
];

const DOWN = [
  'DROP TRIGGER "user_verifies_second_factor" ON "user"',
  'DROP FUNCTION "gatehouse_verify_second_factor"()',
];
