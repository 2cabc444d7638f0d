import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A new passkey locks the state of the credentials once, as strongly as the bound of passkeys
 * (BoundSignInMethods1795460001000). It took a shared lock first: of two passkeys at once, both had
 * it, each waited for the other, and one was refused as a deadlock.
 */
export class LockStateOnce1795811001000 implements MigrationInterface {
  readonly name = 'LockStateOnce1795811001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, 'FOR NO KEY UPDATE');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, 'FOR SHARE');
  }
}

async function replace(queryRunner: QueryRunner, lock: string): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  await queryRunner.query(beginCredential(schema, lock));
}

const beginCredential = (schema: string, lock: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_begin_credential"(owner text, basis text) RETURNS boolean
  LANGUAGE plpgsql SET search_path = pg_catalog, ${schema}, pg_temp AS $$
  DECLARE
    state credential_state;
  BEGIN
    PERFORM FROM "user" WHERE id = owner FOR KEY SHARE;
    SELECT * INTO state FROM credential_state WHERE user_id = owner ${lock};
    IF NOT gatehouse_is_current(state, basis) THEN
      RAISE EXCEPTION 'the credentials have changed' USING ERRCODE = 'GH001';
    END IF;
    RETURN true;
  END $$`;
