import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A crash of PostgreSQL, or a failover, can give the number of a lost transaction to another one. A
 * snapshot from before it then counts a change of the credentials after it as seen: a sign-in that
 * was decided on the former credentials began a session. So the basis of a request also contains its
 * time, as `<id of the request>@<time> <snapshot>`, and `changed_at` is the time of the change: a
 * change after the request is not seen.
 *
 * A time in the future comes from a clock that was set back, and says nothing. `NULL`: the change is
 * older than the column. A basis without a time comes from an earlier version.
 */
export class DateCredentialChanges1795804001000 implements MigrationInterface {
  readonly name = 'DateCredentialChanges1795804001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await run(queryRunner, DOWN);
  }
}

async function run(queryRunner: QueryRunner, statements: string[]): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  for (const statement of statements) {
    await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }
}

const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

/** In a trigger: it needs no right of the role, and covers each function that records a change. */
const DATE_CHANGE = `
  CREATE FUNCTION "gatehouse_date_change"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
  END $$`;

/** When the request began; `NULL` without a time. */
const timeOf = (basis: string) =>
  `nullif(split_part(split_part(${basis}, ' ', 1), '@', 2), '')::timestamptz`;

const NOT_LATER = `
        AND NOT coalesce(state.changed_at > ${timeOf('basis')}
                         AND state.changed_at <= clock_timestamp(), false)`;

const isCurrent = (condition: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_is_current"(state "credential_state", basis text)
  RETURNS boolean ${LANGUAGE} AS $$
  DECLARE
    decided text := split_part(basis, ' ', 1) || ' ' || split_part(basis, ' ', 2);
    reached pg_snapshot;
  BEGIN
    IF basis IS NULL OR state.changed_in IS NULL OR state.changed_on = decided THEN
      RETURN true;
    END IF;
    -- In a statement of its own: it must be newer than the lock.
    SELECT pg_current_snapshot() INTO reached;
    RETURN pg_visible_in_snapshot(state.changed_in, split_part(basis, ' ', 2)::pg_snapshot)${condition}
        OR (state.changed_in >= pg_snapshot_xmax(reached)
            AND state.changed_in IS DISTINCT FROM pg_current_xact_id_if_assigned());
  END $$`;

const beginSession = (condition: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_begin_session"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    state credential_state;
    other credential_state;
  BEGIN
    IF NEW.impersonated_by IS NULL THEN
      PERFORM FROM "user" WHERE id = NEW.user_id FOR KEY SHARE;
      SELECT * INTO state FROM credential_state WHERE user_id = NEW.user_id FOR SHARE;
      PERFORM FROM "user" WHERE id = NEW.user_id AND gatehouse_is_banned(banned, ban_expires);
    ELSE
      PERFORM FROM "user" WHERE id IN (NEW.user_id, NEW.impersonated_by)
        ORDER BY id FOR KEY SHARE;
      PERFORM FROM credential_state WHERE user_id IN (NEW.user_id, NEW.impersonated_by)
        ORDER BY user_id FOR SHARE;
      SELECT * INTO state FROM credential_state WHERE user_id = NEW.user_id;
      SELECT * INTO other FROM credential_state WHERE user_id = NEW.impersonated_by;
      PERFORM FROM "user" WHERE id IN (NEW.user_id, NEW.impersonated_by)
        AND gatehouse_is_banned(banned, ban_expires);
    END IF;
    IF FOUND THEN
      RAISE EXCEPTION 'the user is banned' USING ERRCODE = 'GH002';
    END IF;
    -- The frequent case needs no call: the change is visible in the snapshot.
    IF NOT coalesce(NEW.basis IS NULL OR state.changed_in IS NULL
         OR pg_visible_in_snapshot(state.changed_in, split_part(NEW.basis, ' ', 2)::pg_snapshot)${condition},
         false) AND NOT gatehouse_is_current(state, NEW.basis)
       OR other.user_id IS NOT NULL AND NOT gatehouse_is_current(other, NEW.basis) THEN
      RAISE EXCEPTION 'the credentials have changed' USING ERRCODE = 'GH001';
    END IF;
    NEW.basis := NULL;
    RETURN NEW;
  END $$`;

const BEFORE = `
            AND state.changed_at <= ${timeOf('NEW.basis')}`;

const UP = [
  'ALTER TABLE "credential_state" ADD COLUMN "changed_at" timestamptz',
  DATE_CHANGE,
  `CREATE TRIGGER "credential_state_dates_change" BEFORE UPDATE ON "credential_state" FOR EACH ROW
     WHEN (NEW.changed_in IS DISTINCT FROM OLD.changed_in)
     EXECUTE FUNCTION "gatehouse_date_change"()`,
  'ALTER TABLE "credential_state" ENABLE ALWAYS TRIGGER "credential_state_dates_change"',
  isCurrent(NOT_LATER),
  beginSession(BEFORE),
];

const DOWN = [
  beginSession(''),
  isCurrent(''),
  'DROP TRIGGER "credential_state_dates_change" ON "credential_state"',
  'DROP FUNCTION "gatehouse_date_change"()',
  'ALTER TABLE "credential_state" DROP COLUMN "changed_at"',
];
