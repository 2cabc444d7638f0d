import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An account at a provider rests on the credentials on which its link was decided, as a session
 * does (EndSessionsWithCredentials1795430000000). Without this, an account that is linked with a
 * stolen session during a reset of the password stayed after the reset. The insert locks the user
 * before the state, in the order of a deletion. The lock of the state is the one of `account_bounded`.
 */
export class CheckNewProviderAccounts1795801101000 implements MigrationInterface {
  readonly name = 'CheckNewProviderAccounts1795801101000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, CHECK);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, '');
  }
}

const CHECK = `
    IF TG_OP = 'INSERT' AND NEW.password IS NULL THEN
      PERFORM FROM "user" WHERE id = NEW.user_id FOR KEY SHARE;
      SELECT * INTO state FROM credential_state WHERE user_id = NEW.user_id FOR NO KEY UPDATE;
      IF NOT gatehouse_is_current(state, basis) THEN
        RAISE EXCEPTION 'the credentials have changed' USING ERRCODE = 'GH001';
      END IF;
    END IF;`;

async function replace(queryRunner: QueryRunner, check: string): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  await queryRunner.query(changeAccount(check).replaceAll('$SCHEMA', schema));
}

const changeAccount = (check: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_change_account"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  DECLARE
    basis text := NEW.basis;
    exception text := split_part(basis, ' ', 3);
    state credential_state;
  BEGIN
    NEW.basis := NULL;${check}
    IF exception = 'rehash' OR NEW.password IS NULL THEN
      RETURN NEW;
    END IF;
    PERFORM gatehouse_change_credentials(NEW.user_id, basis);
    IF exception <> 'keep' OR exception IS NULL THEN
      PERFORM gatehouse_end_sessions(NEW.user_id);
    END IF;
    RETURN NEW;
  END $$`;
