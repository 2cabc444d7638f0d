import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `credential_state.created_in` is the transaction that created the user. A credential of the same
 * transaction belongs to the creation of the user, and is no change. Formerly the row version of the
 * user (`xmin`) decided: a transaction that first updated the user, for example its name, recorded
 * no new credential.
 *
 * `NULL`: the user is older than the column. After a restore the numbers come from another server;
 * an equal number needs the same user in the transaction of that number.
 */
export class RecordCreatingTransaction1795800200000 implements MigrationInterface {
  readonly name = 'RecordCreatingTransaction1795800200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // Two statements: a default that is added with the column would rewrite the table.
    await queryRunner.query('ALTER TABLE "credential_state" ADD COLUMN "created_in" xid8');
    await queryRunner.query(
      'ALTER TABLE "credential_state" ALTER COLUMN "created_in" SET DEFAULT pg_current_xact_id()',
    );
    await replace(queryRunner, ADDED_TO_USER);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, FORMERLY_ADDED_TO_USER);
    await queryRunner.query('ALTER TABLE "credential_state" DROP COLUMN "created_in"');
  }
}

/** A subquery for each row uses the primary key. A join would read the whole table. */
const ADDED_TO_USER = `(SELECT u.created_at < now() - interval '10 s'
    FROM "user" u WHERE u.id = new_rows.user_id)
    AND (SELECT s.created_in IS DISTINCT FROM pg_current_xact_id()
    FROM credential_state s WHERE s.user_id = new_rows.user_id)`;

const FORMERLY_ADDED_TO_USER = `(SELECT u.created_at < now() - interval '10 s'
    AND u.xmin <> pg_current_xact_id()::xid FROM "user" u WHERE u.id = user_id)`;

async function replace(queryRunner: QueryRunner, isAdded: string) {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  for (const statement of [recordPasswords(isAdded), recordSecondFactors(isAdded)]) {
    await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }
}

const KIND_OF_ACCOUNT = `CASE provider_id WHEN 'credential' THEN 'password' ELSE 'provider' END`;

const recordPasswords = (isAdded: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_record_passwords"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, $SCHEMA, pg_temp SET enable_nestloop = off AS $$
  DECLARE
    kinds text[];
    details jsonb[];
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      kinds := ARRAY['reload'];
    ELSIF TG_OP = 'DELETE' THEN
      SELECT array_agg(kind), array_agg(data) INTO kinds, details
        FROM (SELECT DISTINCT 'credentials-changed', jsonb_build_object(
                'userId', user_id, 'credential', ${KIND_OF_ACCOUNT}, 'change', 'delete')
                FROM old_rows LIMIT 1001) AS event (kind, data);
    ELSIF TG_OP = 'UPDATE' THEN
      SELECT array_agg(kind), array_agg(data) INTO kinds, details
        FROM (SELECT DISTINCT 'credentials-changed', jsonb_build_object(
                'userId', user_id, 'credential', ${KIND_OF_ACCOUNT},
                'change', CASE WHEN is_gone THEN 'delete' ELSE 'update' END)
                FROM (SELECT o.user_id, o.provider_id,
                             n.id IS NULL OR n.user_id <> o.user_id AS is_gone
                        FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
                       WHERE n.id IS NULL OR n.user_id <> o.user_id
                          OR n.password IS DISTINCT FROM o.password AND (n.password IS NULL OR (
                             SELECT s.changed_in = pg_current_xact_id() FROM credential_state s
                              WHERE s.user_id = o.user_id))) AS changed
               LIMIT 1001) AS event (kind, data);
    ELSIF TG_OP = 'INSERT' THEN
      SELECT array_agg(kind), array_agg(data) INTO kinds, details
        FROM (SELECT DISTINCT 'credentials-changed', jsonb_build_object(
                'userId', user_id, 'credential', ${KIND_OF_ACCOUNT}, 'change', 'create')
                FROM new_rows WHERE ${isAdded} LIMIT 1001) AS event (kind, data);
    END IF;
    PERFORM gatehouse_record_events(kinds, details);
    RETURN NULL;
  END $$`;

const recordSecondFactors = (isAdded: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_record_second_factors"() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, $SCHEMA, pg_temp SET enable_nestloop = off AS $$
  DECLARE
    kinds text[];
    details jsonb[];
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      kinds := ARRAY['reload'];
    ELSIF TG_OP = 'DELETE' THEN
      SELECT array_agg(kind), array_agg(data) INTO kinds, details
        FROM (SELECT DISTINCT 'credentials-changed', jsonb_build_object(
                'userId', user_id, 'credential', 'totp', 'change', 'delete')
                FROM old_rows WHERE verified LIMIT 1001) AS event (kind, data);
    ELSIF TG_OP = 'UPDATE' THEN
      SELECT array_agg(kind), array_agg(data) INTO kinds, details
        FROM (SELECT DISTINCT 'credentials-changed', jsonb_build_object(
                'userId', user_id, 'credential', 'totp', 'change', change)
                FROM (SELECT o.user_id,
                             CASE WHEN n.id IS NULL THEN 'delete' WHEN NOT o.verified THEN 'create'
                                  WHEN NOT n.verified THEN 'delete' ELSE 'update' END AS change
                        FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
                       WHERE n.id IS NULL AND o.verified OR n.verified <> o.verified
                          OR n.verified AND n.secret <> o.secret) AS changed
               LIMIT 1001) AS event (kind, data);
    ELSIF TG_OP = 'INSERT' THEN
      SELECT array_agg(kind), array_agg(data) INTO kinds, details
        FROM (SELECT DISTINCT 'credentials-changed', jsonb_build_object(
                'userId', user_id, 'credential', 'totp', 'change', 'create')
                FROM new_rows WHERE verified AND ${isAdded} LIMIT 1001) AS event (kind, data);
    END IF;
    PERFORM gatehouse_record_events(kinds, details);
    RETURN NULL;
  END $$`;
