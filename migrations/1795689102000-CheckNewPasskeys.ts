import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A passkey rests on the credentials on which its registration was decided, as a session does
 * (EndSessionsWithCredentials1795430000000). Without this, a passkey that is registered with a
 * stolen session during a reset of the password stayed after the reset. The function is a
 * condition of the insert. It locks the user before the state, in the order of a deletion.
 */
export class CheckNewPasskeys1795689102000 implements MigrationInterface {
  readonly name = 'CheckNewPasskeys1795689102000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    await queryRunner.query(CREATE.replaceAll('$SCHEMA', schema));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION "gatehouse_begin_credential"(text, text)');
  }
}

const CREATE = `
  CREATE FUNCTION "gatehouse_begin_credential"(owner text, basis text) RETURNS boolean
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  DECLARE
    state credential_state;
  BEGIN
    PERFORM FROM "user" WHERE id = owner FOR KEY SHARE;
    SELECT * INTO state FROM credential_state WHERE user_id = owner FOR SHARE;
    IF NOT gatehouse_is_current(state, basis) THEN
      RAISE EXCEPTION 'the credentials have changed' USING ERRCODE = 'GH001';
    END IF;
    RETURN true;
  END $$`;
