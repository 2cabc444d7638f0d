import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Closes two gaps of CreateAuditLog1795420000000. Both need only the right to insert rows. First,
 * a retention is stored as a number of seconds. In comparisons a month has 30 days; in
 * subtractions it has its calendar days. An interval of minus 1200 months and 36401 days was
 * therefore longer than 400 days in a comparison, and yet ended in the future. Second, an event
 * has the id of the sequence. `OVERRIDING SYSTEM VALUE` and `COPY` bypass an identity column. An
 * event with a future id would have blocked the later event with this id, and its change. The
 * function runs with its owner's rights, because no other role may use the sequence. It must name
 * every object with its schema, as before.
 */
export class GuardAuditLog1795426000000 implements MigrationInterface {
  readonly name = 'GuardAuditLog1795426000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(GUARDED_DATE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DATE);
  }
}

const GUARDED_DATE = `
  CREATE OR REPLACE FUNCTION "gatehouse_audit_date"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

/** As in CreateAuditLog1795420000000. */
const DATE = `
  CREATE OR REPLACE FUNCTION "gatehouse_audit_date"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_TABLE_NAME = 'audit_retention' THEN
      NEW.since := clock_timestamp();
    ELSE
      NEW.occurred_at := clock_timestamp();
    END IF;
    RETURN NEW;
  END $$`;
