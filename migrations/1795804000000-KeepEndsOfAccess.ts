import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where `synchronous_commit` is off, a crash of PostgreSQL loses the last commits. A ban that had
 * been answered and followed by all readers was lost, and its `eventId` was given to another event.
 * The commit of a change with an access event now waits for the disk, also there.
 */
export class KeepEndsOfAccess1795804000000 implements MigrationInterface {
  readonly name = 'KeepEndsOfAccess1795804000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, WAIT_FOR_DISK);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, '');
  }
}

/** For the rest of the transaction. Other values of the setting wait for the disk, and stay. */
const WAIT_FOR_DISK = `
    IF current_setting('synchronous_commit') = 'off' THEN
      PERFORM set_config('synchronous_commit', 'local', true);
    END IF;`;

async function replace(queryRunner: QueryRunner, begin: string): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  await queryRunner.query(recordEvents(begin).replaceAll('$SCHEMA', schema));
}

/** PostgreSQL delivers equal notifications of a transaction once. */
const recordEvents = (begin: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_record_events"(kinds text[], details jsonb[]) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  DECLARE
    recorded integer := coalesce(nullif(current_setting('gatehouse.recorded', true), ''), '0')::integer;
    total integer := recorded + cardinality(kinds);
  BEGIN
    IF kinds IS NULL OR recorded > 1000 THEN
      RETURN;
    END IF;${begin}
    IF total > 1000 OR 'reload' = ANY (kinds) THEN
      total := 1001;
      INSERT INTO access_event (kind, data) VALUES ('reload', '{}');
    ELSE
      INSERT INTO access_event (kind, data)
      SELECT kind, data FROM unnest(kinds, details) AS event (kind, data);
    END IF;
    PERFORM set_config('gatehouse.recorded', total::text, true);
    PERFORM pg_notify('gatehouse_events', '');
  END $$`;
