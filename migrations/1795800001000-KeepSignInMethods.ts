import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `TRUNCATE` of "account" and "passkey" removed the last sign-in method of users, and a sign-in
 * that had read the removed row began a session. `DELETE` or `TRUNCATE` of "credential_state"
 * removed the record with which a new session is compared, so every basis was accepted. Both are
 * refused while the users are there. A truncation or a deletion of the users themselves empties
 * these tables as before.
 */
export class KeepSignInMethods1795800001000 implements MigrationInterface {
  readonly name = 'KeepSignInMethods1795800001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    for (const [name, body] of Object.entries(FUNCTIONS)) {
      await queryRunner.query(`
        CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, ${schema}, pg_temp AS $$ ${body} $$`);
    }
    for (const [table, name, event] of TRIGGERS) {
      await queryRunner.query(`CREATE TRIGGER "${name}" ${event}`);
      await queryRunner.query(`ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table, name] of TRIGGERS) {
      await queryRunner.query(`DROP TRIGGER "${name}" ON "${table}"`);
    }
    for (const name of Object.keys(FUNCTIONS)) await queryRunner.query(`DROP FUNCTION "${name}"()`);
  }
}

const FUNCTIONS = {
  gatehouse_refuse_truncation: `
    BEGIN
      IF EXISTS (SELECT FROM "user") THEN
        RAISE EXCEPTION 'sign-in methods are not truncated while users have them'
          USING ERRCODE = 'GH006';
      END IF;
      RETURN NULL;
    END`,
  gatehouse_keep_credential_state: `
    BEGIN
      IF EXISTS (SELECT FROM "user" WHERE id = OLD.user_id) THEN
        RAISE EXCEPTION 'the state of the credentials is deleted with its user alone'
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN OLD;
    END`,
};

const TRIGGERS: [table: string, name: string, event: string][] = [
  [
    'account',
    'account_truncation_keeps_methods',
    'AFTER TRUNCATE ON "account" EXECUTE FUNCTION "gatehouse_refuse_truncation"()',
  ],
  [
    'passkey',
    'passkey_truncation_keeps_methods',
    'AFTER TRUNCATE ON "passkey" EXECUTE FUNCTION "gatehouse_refuse_truncation"()',
  ],
  [
    'credential_state',
    'credential_state_truncation_refused',
    'AFTER TRUNCATE ON "credential_state" EXECUTE FUNCTION "gatehouse_refuse_truncation"()',
  ],
  [
    'credential_state',
    'credential_state_kept',
    `BEFORE DELETE ON "credential_state" FOR EACH ROW
       EXECUTE FUNCTION "gatehouse_keep_credential_state"()`,
  ],
];
