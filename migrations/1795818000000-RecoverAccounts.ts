import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An administrator removes all sign-in methods of an account that another person has taken over. The
 * deletion of the last one is refused (KeepASignInMethod1795700000000), and the role of the API cannot
 * read whether a password is left. A transaction that means it names the user in the setting
 * `gatehouse.recovered_user`.
 */
export class RecoverAccounts1795818000000 implements MigrationInterface {
  readonly name = 'RecoverAccounts1795818000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, UNLESS_RECOVERED);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, '');
  }
}

async function run(queryRunner: QueryRunner, condition: string): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  await queryRunner.query(keep(condition).replaceAll('$SCHEMA', schema));
}

const UNLESS_RECOVERED = `
    IF current_setting('gatehouse.recovered_user', true) = OLD.user_id THEN
      RETURN NULL;
    END IF;`;

/** As KeepASignInMethod1795700000000 and KeepTriggersUncompiled1795803000000 have it. */
const keep = (condition: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_keep_sign_in_method"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp SET enable_seqscan = off
  SET jit = off AS $$
  BEGIN${condition}
    PERFORM FROM "user" WHERE id = OLD.user_id;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    PERFORM FROM credential_state WHERE user_id = OLD.user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM account WHERE user_id = OLD.user_id
                  AND (provider_id <> 'credential' OR password IS NOT NULL))
       OR EXISTS (SELECT FROM passkey WHERE user_id = OLD.user_id) THEN
      RETURN NULL;
    END IF;
    RAISE EXCEPTION 'no sign-in method would be left' USING ERRCODE = 'GH006';
  END $$`;
