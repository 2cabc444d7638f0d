import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A commit that takes away the last sign-in method of a user is refused (GH006). Sign-in methods
 * are a password, an account at a provider and a passkey. A user without any, for example an
 * invited one, stays as they are.
 *
 * The trigger runs at the commit, so that one transaction may replace the method. Two removals
 * lock the state of the credentials, so that they are judged one after the other. A removal also
 * updates that state (EndSignInsWithRemovedCredentials1795430001000); at a higher isolation level
 * the second of two therefore fails.
 */
export class KeepASignInMethod1795700000000 implements MigrationInterface {
  readonly name = 'KeepASignInMethod1795700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    await queryRunner.query(KEEP.replaceAll('$SCHEMA', schema));
    for (const { name, table, when } of TRIGGERS) {
      await queryRunner.query(
        `CREATE CONSTRAINT TRIGGER "${name}" AFTER ${when}
         EXECUTE FUNCTION "gatehouse_keep_sign_in_method"()`,
      );
      await queryRunner.query(`ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name, table } of TRIGGERS) {
      await queryRunner.query(`DROP TRIGGER "${name}" ON "${table}"`);
    }
    await queryRunner.query('DROP FUNCTION "gatehouse_keep_sign_in_method"()');
  }
}

/**
 * The deletion of a user deletes the methods too: there the user is no longer found, and the role
 * of the API reads no password. A plan is made once for a connection, perhaps while the tables are
 * empty.
 */
const KEEP = `
  CREATE FUNCTION "gatehouse_keep_sign_in_method"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp SET enable_seqscan = off AS $$
  BEGIN
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

const TRIGGERS = [
  {
    name: 'account_deletion_keeps_method',
    table: 'account',
    when: `DELETE ON "account" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (OLD.provider_id <> 'credential' OR OLD.password IS NOT NULL)`,
  },
  {
    name: 'account_update_keeps_method',
    table: 'account',
    when: `UPDATE ON "account" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN ((OLD.provider_id <> 'credential' OR OLD.password IS NOT NULL)
        AND (OLD.user_id <> NEW.user_id
          OR (NEW.provider_id = 'credential' AND NEW.password IS NULL)))`,
  },
  {
    name: 'passkey_deletion_keeps_method',
    table: 'passkey',
    when: 'DELETE ON "passkey" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW',
  },
  {
    name: 'passkey_update_keeps_method',
    table: 'passkey',
    when: `UPDATE ON "passkey" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (OLD.user_id <> NEW.user_id)`,
  },
];
