import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A transaction writes at most 1,000 access events, then one `reload`. The number is in a setting
 * of the transaction, which every role can set: with `SET gatehouse.recorded = 1001`, a ban was
 * written without an event. Above the bound each statement now writes the `reload`, and an index
 * keeps one for each transaction. `ON CONFLICT` without a target needs no right to read the table.
 */
export class KeepReloadOfTransaction1795812000000 implements MigrationInterface {
  readonly name = 'KeepReloadOfTransaction1795812000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DELETE_FURTHER_RELOADS);
    await queryRunner.query(CREATE_INDEX);
    await replace(queryRunner, RECORD_ONCE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, RECORD_FIRST);
    await queryRunner.query('DROP INDEX "access_event_reload_xid_key"');
  }
}

async function replace(queryRunner: QueryRunner, parts: Parts): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  await queryRunner.query(recordEvents(parts).replaceAll('$SCHEMA', schema));
}

const DELETE_FURTHER_RELOADS = `
  DELETE FROM "access_event" e USING "access_event" first
   WHERE e.kind = 'reload' AND first.kind = 'reload' AND e.xid = first.xid AND e.id > first.id`;

const CREATE_INDEX = `
  CREATE UNIQUE INDEX "access_event_reload_xid_key" ON "access_event" ("xid") WHERE "kind" = 'reload'`;

interface Parts {
  isDone: string;
  onConflict: string;
}

const RECORD_ONCE: Parts = { isDone: 'kinds IS NULL', onConflict: ' ON CONFLICT DO NOTHING' };

const RECORD_FIRST: Parts = { isDone: 'kinds IS NULL OR recorded > 1000', onConflict: '' };

const recordEvents = ({ isDone, onConflict }: Parts) => `
  CREATE OR REPLACE FUNCTION "gatehouse_record_events"(kinds text[], details jsonb[]) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  DECLARE
    recorded integer := coalesce(nullif(current_setting('gatehouse.recorded', true), ''), '0')::integer;
    total integer := recorded + cardinality(kinds);
  BEGIN
    IF ${isDone} THEN
      RETURN;
    END IF;
    IF current_setting('synchronous_commit') = 'off' THEN
      PERFORM set_config('synchronous_commit', 'local', true);
    END IF;
    IF total > 1000 OR 'reload' = ANY (kinds) THEN
      total := 1001;
      INSERT INTO access_event (kind, data) VALUES ('reload', '{}')${onConflict};
    ELSE
      INSERT INTO access_event (kind, data)
      SELECT kind, data FROM unnest(kinds, details) AS event (kind, data);
    END IF;
    PERFORM set_config('gatehouse.recorded', total::text, true);
    PERFORM pg_notify('gatehouse_events', '');
  END $$`;
