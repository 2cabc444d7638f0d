import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The API lists trusted devices and deletes the proofs of a user (links to set a password, trusted
 * devices, sign-ins before their second step). It did so in `verification`, whose rows also
 * contain what a proof is verified with. The view `user_proof` contains the owner, the kind and
 * the times alone. The role of the API has rights on the view and none on the table
 * (docs/security/database-roles.md).
 *
 * The view is a barrier: a function of the reader does not see rows or columns outside of it.
 * PostgreSQL evaluates a comparison with `user_id` below the barrier, by the index of the values.
 *
 * Triggers run with the rights of the writer. The API changes e-mail addresses and switches second
 * factors off, so the triggers that then end links and forget devices delete through the view.
 */
export class SeparateProofs1795461000000 implements MigrationInterface {
  readonly name = 'SeparateProofs1795461000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CREATE_VIEW);
    await queryRunner.query(
      endLinks(`'DELETE FROM %I.user_proof
          WHERE user_id = $1 AND kind = ''password_link'''`),
    );
    await forgetDevices(queryRunner, {
      table: 'user_proof',
      condition: `user_id = NEW.id AND kind IN ('trusted_device', 'second_step')`,
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await forgetDevices(queryRunner, {
      table: 'verification',
      condition: `value = NEW.id
      AND (starts_with(identifier, 'trust-device-') OR starts_with(identifier, '2fa-'))`,
    });
    await queryRunner.query(
      endLinks(`'DELETE FROM %I.verification
          WHERE value = $1 AND identifier LIKE ''reset-password:%%'''`),
    );
    await queryRunner.query('DROP VIEW "user_proof"');
  }
}

const CREATE_VIEW = `
  CREATE VIEW "user_proof" WITH (security_barrier) AS
  SELECT id, value AS user_id,
         CASE WHEN identifier LIKE 'reset-password:%' THEN 'password_link'
              WHEN identifier LIKE 'trust-device-%' THEN 'trusted_device'
              WHEN identifier LIKE '2fa-%' THEN 'second_step'
              ELSE 'other' END AS kind,
         created_at, expires_at
    FROM "verification"
   WHERE identifier LIKE ANY (ARRAY['reset-password:%', 'trust-device-%', '2fa-%',
                                    'used-link-%', 'used-code-%', 'delete-account-%'])`;

function endLinks(statement: string): string {
  return `
    CREATE OR REPLACE FUNCTION "gatehouse_end_password_links"() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      owner text := to_jsonb(NEW) ->> TG_ARGV[0];
    BEGIN
      EXECUTE format(${statement}, TG_TABLE_SCHEMA) USING owner;
      RETURN NULL;
    END $$`;
}

async function forgetDevices(
  queryRunner: QueryRunner,
  { table, condition }: { table: string; condition: string },
): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  await queryRunner.query(`
    CREATE OR REPLACE FUNCTION "gatehouse_forget_devices"() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, ${schema}, pg_temp AS $$
    BEGIN
      DELETE FROM ${table} WHERE ${condition};
      RETURN NULL;
    END $$`);
}
