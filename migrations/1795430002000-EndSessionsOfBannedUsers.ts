import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A banned user has no session. A ban is in force while `banned` is true and `ban_expires` is
 * empty or later than now.
 *
 * A statement that puts a ban in force, or changes one that is in force, deletes the sessions
 * of its users in the same transaction, and the sessions in which these users act as someone
 * else. The state of the credentials is changed first, so that no session of a sign-in under way is
 * missed (EndSessionsWithCredentials1795430000000). The insert of a session of a banned user is
 * refused (GH002), before other reasons: the user is to learn about the ban.
 */
export class EndSessionsOfBannedUsers1795430002000 implements MigrationInterface {
  readonly name = 'EndSessionsOfBannedUsers1795430002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    for (const statement of UP) await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

const IS_BANNED = `
  CREATE FUNCTION "gatehouse_is_banned"(banned boolean, ban_expires timestamptz) RETURNS boolean
  LANGUAGE sql STABLE
  RETURN banned AND (ban_expires IS NULL OR ban_expires > statement_timestamp())`;

/** Once a statement: a ban of many users deletes their sessions at once. */
const END_SESSIONS = `
  CREATE FUNCTION "gatehouse_end_banned_sessions"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    owners text[];
  BEGIN
    SELECT array_agg(n.id ORDER BY n.id) INTO owners
      FROM new_rows n LEFT JOIN old_rows o ON o.id = n.id
     WHERE gatehouse_is_banned(n.banned, n.ban_expires)
       AND (o.id IS NULL OR o.banned IS DISTINCT FROM n.banned
            OR o.ban_expires IS DISTINCT FROM n.ban_expires);
    IF owners IS NULL THEN
      RETURN NULL;
    END IF;
    PERFORM FROM credential_state WHERE user_id = ANY (owners) ORDER BY user_id FOR NO KEY UPDATE;
    UPDATE credential_state SET changed_in = pg_current_xact_id(), changed_on = NULL
     WHERE user_id = ANY (owners);
    DELETE FROM session WHERE user_id = ANY (owners) OR impersonated_by = ANY (owners);
    RETURN NULL;
  END $$`;

/** Its name comes before that of the trigger that compares the basis: triggers run in that order. */
const REFUSE_SESSION = `
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

const RUN_REFUSAL = 'FOR EACH ROW EXECUTE FUNCTION "gatehouse_refuse_banned_session"()';

const UP = [
  IS_BANNED,
  END_SESSIONS,
  REFUSE_SESSION,
  'DELETE FROM "session" USING "user" WHERE "user".id = user_id AND gatehouse_is_banned(banned, ban_expires)',
  `CREATE TRIGGER "user_ban_ends_sessions" AFTER UPDATE ON "user"
     REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
     FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_end_banned_sessions"()`,
  `CREATE TRIGGER "session_banned" BEFORE INSERT OR UPDATE OF user_id, impersonated_by ON "session" ${RUN_REFUSAL}`,
  'ALTER TABLE "user" ENABLE ALWAYS TRIGGER "user_ban_ends_sessions"',
  'ALTER TABLE "session" ENABLE ALWAYS TRIGGER "session_banned"',
];

const DOWN = [
  'DROP TRIGGER "session_banned" ON "session"',
  'DROP TRIGGER "user_ban_ends_sessions" ON "user"',
  'DROP FUNCTION "gatehouse_refuse_banned_session"()',
  'DROP FUNCTION "gatehouse_end_banned_sessions"()',
  'DROP FUNCTION "gatehouse_is_banned"(boolean, timestamptz)',
];
