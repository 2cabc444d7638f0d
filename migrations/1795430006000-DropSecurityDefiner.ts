import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The function that dates audit events ran with the rights of its owner. Any role could attach
 * it to a table of its own and so run code as the owner. Now it runs, as every other function
 * does, with the rights of the writer.
 *
 * It asks the sequence for the number that it has just given. Roles that may add events
 * therefore get USAGE on the sequence. That lets a role skip numbers, and nothing else: the
 * number of an event must still be the one that the sequence gave last in the same session.
 */
export class DropSecurityDefiner1795430006000 implements MigrationInterface {
  readonly name = 'DropSecurityDefiner1795430006000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE OR REPLACE ${DATE}`);
    await queryRunner.query(GRANT_SEQUENCE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE OR REPLACE ${DATE.replace('LANGUAGE plpgsql', 'LANGUAGE plpgsql SECURITY DEFINER')}`,
    );
  }
}

const DATE = `FUNCTION "gatehouse_audit_date"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    numbers regclass;
  BEGIN
    IF TG_TABLE_NAME = 'audit_retention' THEN
      NEW.since := clock_timestamp();
      NEW.retention := make_interval(secs => extract(epoch FROM NEW.retention)::double precision);
      RETURN NEW;
    END IF;
    NEW.occurred_at := clock_timestamp();
    numbers := pg_get_serial_sequence(format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), 'id');
    -- Of this session; it has none when no number was ever asked for in it.
    IF NEW.id IS DISTINCT FROM currval(numbers) THEN
      RAISE EXCEPTION 'the audit log numbers its events itself'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END $$`;

const GRANT_SEQUENCE = `
  DO $$
  DECLARE
    writer oid;
  BEGIN
    FOR writer IN
      SELECT grantee FROM pg_class, aclexplode(relacl)
       WHERE pg_class.oid = '"audit_event"'::regclass AND privilege_type = 'INSERT'
         AND grantee <> relowner
    LOOP
      EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %s',
        pg_get_serial_sequence('"audit_event"', 'id'),
        CASE writer WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(writer)) END);
    END LOOP;
  END $$`;
