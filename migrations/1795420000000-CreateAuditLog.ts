import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The append-only audit log. docs/security/audit.md describes the protection and its limits. No
 * foreign keys: an event outlives its user. Functions name every object with its schema, because
 * each connection chooses its `search_path`. The triggers are ALWAYS, so that
 * `session_replication_role` does not disable them.
 */
export class CreateAuditLog1795420000000 implements MigrationInterface {
  readonly name = 'CreateAuditLog1795420000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const CREATE_EVENTS = `
  CREATE TABLE "audit_event" (
    "id" bigint GENERATED ALWAYS AS IDENTITY,
    "occurred_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    "action" text NOT NULL,
    "outcome" text NOT NULL DEFAULT 'success',
    "actor_type" text NOT NULL,
    "actor_id" text,
    "impersonator_id" text,
    "subject_type" text,
    "subject_id" text,
    "ip_address" text,
    "user_agent" text,
    "request_id" text,
    "before" jsonb,
    "after" jsonb,
    "detail" jsonb,
    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_event_outcome_check" CHECK ("outcome" IN ('success', 'failure')),
    CONSTRAINT "audit_event_actor_type_check" CHECK ("actor_type" IN ('user', 'client', 'system', 'anonymous'))
  )`;

/** Every value of AUDIT_RETENTION, with its start. */
const CREATE_RETENTION = `
  CREATE TABLE "audit_retention" (
    "since" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    "retention" interval NOT NULL,
    CONSTRAINT "audit_retention_check" CHECK ("retention" >= interval '1 day')
  )`;

/** At most one row: when a replica last removed old events. */
const CREATE_CLEANING = `
  CREATE TABLE "audit_cleaning" (
    "only" boolean NOT NULL DEFAULT true,
    "begun_at" timestamptz(3) NOT NULL,
    CONSTRAINT "audit_cleaning_pkey" PRIMARY KEY ("only"),
    CONSTRAINT "audit_cleaning_check" CHECK ("only")
  )`;

/**
 * The retention: the longest value of the last seven days. A shorter value therefore applies after
 * a week. While one replica with the configured value runs, no other writer can shorten it. The
 * body is bound to the tables when the function is created.
 */
const KEPT_FOR = `
  CREATE FUNCTION "gatehouse_audit_kept_for"() RETURNS interval
  LANGUAGE sql STABLE
  BEGIN ATOMIC
    SELECT max("retention") FROM "audit_retention"
     WHERE "since" >= coalesce(
       (SELECT max("since") FROM "audit_retention" WHERE "since" <= clock_timestamp() - interval '7 days'),
       '-infinity');
  END`;

/** The database sets the time of an event, for every writer. */
const DATE = `
  CREATE FUNCTION "gatehouse_audit_date"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_TABLE_NAME = 'audit_retention' THEN
      NEW.since := clock_timestamp();
    ELSE
      NEW.occurred_at := clock_timestamp();
    END IF;
    RETURN NEW;
  END $$`;

const REFUSE = `
  CREATE FUNCTION "gatehouse_audit_refuse"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION 'the audit log can be added to and nothing else: % of %', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END $$`;

const REFUSE_YOUNG = `
  CREATE FUNCTION "gatehouse_audit_refuse_young"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    kept_for interval;
  BEGIN
    EXECUTE format('SELECT %I.gatehouse_audit_kept_for()', TG_TABLE_SCHEMA) INTO kept_for;
    IF kept_for IS NULL OR OLD.occurred_at >= clock_timestamp() - kept_for THEN
      RAISE EXCEPTION 'an audit event is kept for %', coalesce(kept_for::text, 'ever')
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
  END $$`;

interface TriggerParts {
  name: string;
  table: string;
  when: string;
  run: string;
}

function trigger({ name, table, when, run }: TriggerParts): string[] {
  return [
    `CREATE TRIGGER "${name}" ${when} EXECUTE FUNCTION "${run}"()`,
    `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
  ];
}

const ON_EVENT = 'ON "audit_event"';
const ON_RETENTION = 'ON "audit_retention"';

const TRIGGERS = [
  {
    name: 'audit_event_date',
    table: 'audit_event',
    when: `BEFORE INSERT ${ON_EVENT} FOR EACH ROW`,
    run: 'gatehouse_audit_date',
  },
  {
    name: 'audit_event_update',
    table: 'audit_event',
    when: `BEFORE UPDATE ${ON_EVENT} FOR EACH ROW`,
    run: 'gatehouse_audit_refuse',
  },
  {
    name: 'audit_event_delete',
    table: 'audit_event',
    when: `BEFORE DELETE ${ON_EVENT} FOR EACH ROW`,
    run: 'gatehouse_audit_refuse_young',
  },
  {
    name: 'audit_event_truncate',
    table: 'audit_event',
    when: `BEFORE TRUNCATE ${ON_EVENT} FOR EACH STATEMENT`,
    run: 'gatehouse_audit_refuse',
  },
  {
    name: 'audit_retention_date',
    table: 'audit_retention',
    when: `BEFORE INSERT ${ON_RETENTION} FOR EACH ROW`,
    run: 'gatehouse_audit_date',
  },
  {
    name: 'audit_retention_change',
    table: 'audit_retention',
    when: `BEFORE UPDATE OR DELETE ${ON_RETENTION} FOR EACH ROW`,
    run: 'gatehouse_audit_refuse',
  },
  {
    name: 'audit_retention_truncate',
    table: 'audit_retention',
    when: `BEFORE TRUNCATE ${ON_RETENTION} FOR EACH STATEMENT`,
    run: 'gatehouse_audit_refuse',
  },
];

const INDEXES = ['action', 'actor_id', 'subject_id'].map(
  (column) =>
    `CREATE INDEX "audit_event_${column}_idx" ON "audit_event" ("${column}", "occurred_at", "id")`,
);

const UP = [
  CREATE_EVENTS,
  'CREATE INDEX "audit_event_occurred_at_idx" ON "audit_event" ("occurred_at", "id")',
  ...INDEXES,
  CREATE_RETENTION,
  CREATE_CLEANING,
  KEPT_FOR,
  DATE,
  REFUSE,
  REFUSE_YOUNG,
  ...TRIGGERS.flatMap(trigger),
];

const DOWN = [
  'DROP FUNCTION "gatehouse_audit_kept_for"()',
  'DROP TABLE "audit_event", "audit_retention", "audit_cleaning"',
  ...['date', 'refuse', 'refuse_young'].map((name) => `DROP FUNCTION "gatehouse_audit_${name}"()`),
];
