import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A user has at most 100 sessions. The insert of a further one deletes as many sessions as are
 * too many: expired ones first, then those that were not renewed for the longest time. The new
 * session stays. The deletion is announced as any other.
 *
 * Inserts of one user run in parallel and do not see each other. From 50 sessions on, they
 * therefore wait for each other. Rows that another transaction has locked are left out: that
 * transaction can wait for this one.
 *
 * The two triggers that decide whether a session may begin become one, with the same checks in
 * the same order (EndSessionsWithCredentials1795430000000,
 * EndSessionsOfBannedUsers1795430002000): the insert locks each row once.
 */
export class BoundSessions1795460000000 implements MigrationInterface {
  readonly name = 'BoundSessions1795460000000';

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

/** A plan is made once for a connection, perhaps while the table is empty. */
const BY_INDEX = 'SET enable_seqscan = off';

/**
 * The user is locked before the state, in the order in which a deletion of the user locks them.
 * The ban is read in a statement of its own: it must be newer than the lock. It is the first
 * reason: the user is to learn about it.
 */
const BEGIN_SESSION = `
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
         OR pg_visible_in_snapshot(state.changed_in, split_part(NEW.basis, ' ', 2)::pg_snapshot),
         false) AND NOT gatehouse_is_current(state, NEW.basis)
       OR other.user_id IS NOT NULL AND NOT gatehouse_is_current(other, NEW.basis) THEN
      RAISE EXCEPTION 'the credentials have changed' USING ERRCODE = 'GH001';
    END IF;
    NEW.basis := NULL;
    RETURN NEW;
  END $$`;

const BOUND_SESSIONS = `
  CREATE FUNCTION "gatehouse_bound_sessions"() RETURNS trigger
  ${LANGUAGE} ${BY_INDEX} AS $$
  DECLARE
    excess bigint;
  BEGIN
    PERFORM FROM session WHERE user_id = NEW.user_id OFFSET 50 LIMIT 1;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7319045, hashtext(NEW.user_id));
    -- In a statement of its own: it must be newer than the lock.
    SELECT count(*) - 100 INTO excess FROM session WHERE user_id = NEW.user_id;
    IF excess > 0 THEN
      DELETE FROM session WHERE id IN (
        SELECT id FROM session WHERE user_id = NEW.user_id AND id <> NEW.id
         ORDER BY expires_at > now(), updated_at, id LIMIT excess FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN NULL;
  END $$`;

const FORMER_BEGIN_SESSION = `
  CREATE OR REPLACE FUNCTION "gatehouse_begin_session"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    state credential_state;
  BEGIN
    PERFORM FROM "user" WHERE id IN (NEW.user_id, NEW.impersonated_by) ORDER BY id FOR KEY SHARE;
    FOR state IN
      SELECT * FROM credential_state WHERE user_id IN (NEW.user_id, NEW.impersonated_by)
       ORDER BY user_id FOR SHARE
    LOOP
      IF NOT gatehouse_is_current(state, NEW.basis) THEN
        RAISE EXCEPTION 'the credentials have changed' USING ERRCODE = 'GH001';
      END IF;
    END LOOP;
    NEW.basis := NULL;
    RETURN NEW;
  END $$`;

const REFUSE_BANNED = `
  CREATE FUNCTION "gatehouse_refuse_banned_session"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    PERFORM FROM "user" WHERE id IN (NEW.user_id, NEW.impersonated_by) ORDER BY id FOR KEY SHARE;
    PERFORM FROM credential_state WHERE user_id IN (NEW.user_id, NEW.impersonated_by)
      ORDER BY user_id FOR SHARE;
    PERFORM FROM "user" WHERE id IN (NEW.user_id, NEW.impersonated_by)
      AND gatehouse_is_banned(banned, ban_expires);
    IF FOUND THEN
      RAISE EXCEPTION 'the user is banned' USING ERRCODE = 'GH002';
    END IF;
    RETURN NEW;
  END $$`;

const UP = [
  BEGIN_SESSION,
  'DROP TRIGGER "session_banned" ON "session"',
  'DROP FUNCTION "gatehouse_refuse_banned_session"()',
  BOUND_SESSIONS,
  `CREATE TRIGGER "session_bounded" AFTER INSERT OR UPDATE OF user_id ON "session"
     FOR EACH ROW EXECUTE FUNCTION "gatehouse_bound_sessions"()`,
  'ALTER TABLE "session" ENABLE ALWAYS TRIGGER "session_bounded"',
];

const DOWN = [
  'DROP TRIGGER "session_bounded" ON "session"',
  'DROP FUNCTION "gatehouse_bound_sessions"()',
  FORMER_BEGIN_SESSION,
  REFUSE_BANNED,
  `CREATE TRIGGER "session_banned" BEFORE INSERT OR UPDATE OF user_id, impersonated_by ON "session"
     FOR EACH ROW EXECUTE FUNCTION "gatehouse_refuse_banned_session"()`,
  'ALTER TABLE "session" ENABLE ALWAYS TRIGGER "session_banned"',
];
