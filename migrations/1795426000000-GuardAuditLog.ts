import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Closes two ways around CreateAuditLog1795420000000. Both begin with what the processes
 * are allowed: to add rows.
 *
 * - A retention is noted as a number of seconds. Compared, a month has 30 days; subtracted
 *   from a time, it has as many as the calendar says. So minus 1200 months and 36401 days
 *   was longer than 400 days by comparison, and yet ended in the future.
 * - An event has the number that the database gave it. `OVERRIDING SYSTEM VALUE` and `COPY`
 *   get past an identity column; an event under one of the next numbers would have kept the
 *   event from being written that gets this number later, and so its change from being made.
 *
 * The function runs with its owner's rights, for nobody else may ask the sequence. It must
 * name everything without `search_path`, as before.
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
