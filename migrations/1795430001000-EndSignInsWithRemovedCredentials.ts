import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The removal of a password, a provider or a passkey, and a new secret of the second factor,
 * change the credentials: a sign-in that read the old row and has not inserted its session yet
 * is refused (EndSessionsWithCredentials1795430000000). Sessions that exist stay.
 */
export class EndSignInsWithRemovedCredentials1795430001000 implements MigrationInterface {
  readonly name = 'EndSignInsWithRemovedCredentials1795430001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    await queryRunner.query(REMOVE_CREDENTIAL.replaceAll('$SCHEMA', schema));
    for (const { name, table, when } of TRIGGERS) {
      await queryRunner.query(
        `CREATE TRIGGER "${name}" AFTER ${when} EXECUTE FUNCTION "gatehouse_remove_credential"()`,
      );
      await queryRunner.query(`ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name, table } of TRIGGERS) {
      await queryRunner.query(`DROP TRIGGER "${name}" ON "${table}"`);
    }
    await queryRunner.query('DROP FUNCTION "gatehouse_remove_credential"()');
  }
}

const REMOVE_CREDENTIAL = `
  CREATE FUNCTION "gatehouse_remove_credential"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  BEGIN
    PERFORM gatehouse_change_credentials(OLD.user_id, NULL);
    RETURN NULL;
  END $$`;

const TRIGGERS = [
  {
    name: 'account_removed',
    table: 'account',
    when: 'DELETE ON "account" FOR EACH ROW',
  },
  {
    name: 'account_replaced',
    table: 'account',
    when: `UPDATE ON "account" FOR EACH ROW WHEN (OLD.user_id <> NEW.user_id
      OR OLD.provider_id <> NEW.provider_id OR OLD.account_id <> NEW.account_id
      OR (OLD.password IS NOT NULL AND NEW.password IS NULL))`,
  },
  {
    name: 'passkey_removed',
    table: 'passkey',
    when: 'DELETE ON "passkey" FOR EACH ROW',
  },
  {
    name: 'passkey_replaced',
    table: 'passkey',
    when: `UPDATE ON "passkey" FOR EACH ROW WHEN (OLD.user_id <> NEW.user_id
      OR OLD.credential_id <> NEW.credential_id OR OLD.public_key <> NEW.public_key)`,
  },
  {
    name: 'two_factor_replaced',
    table: 'two_factor',
    when: `UPDATE ON "two_factor" FOR EACH ROW
      WHEN (OLD.verified AND (OLD.user_id <> NEW.user_id OR OLD.secret <> NEW.secret))`,
  },
];
