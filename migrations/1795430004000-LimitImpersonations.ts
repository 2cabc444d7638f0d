import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session in which an administrator acts as another user:
 *
 * - lasts one hour at most, also when it is inserted. Better-Auth copies `impersonated_by` to the
 *   sessions that replace it, and gives them seven days.
 * - begins only for an active administrator, for another user who is not an administrator
 *   (GH004). Both users are locked, so that a change of a role is not missed: the session is
 *   refused, or the change ends it (EndImpersonations1795429000000).
 * - ends with a ban of its administrator by `ban_expires` alone, like with any other ban
 *   (EndSessionsOfBannedUsers1795430002000).
 *
 * A first password ends open links to set a password, as a new password does
 * (EndPasswordLinks1795422000000).
 *
 * Five triggers of earlier migrations become ALWAYS: `session_replication_role` does not
 * silence them.
 */
export class LimitImpersonations1795430004000 implements MigrationInterface {
  readonly name = 'LimitImpersonations1795430004000';

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

const BEGIN_IMPERSONATION = `
  CREATE FUNCTION "gatehouse_begin_impersonation"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  BEGIN
    PERFORM FROM "user" WHERE id IN (NEW.user_id, NEW.impersonated_by) ORDER BY id FOR SHARE;
    IF NOT EXISTS (SELECT FROM "user" WHERE id = NEW.impersonated_by AND role = 'admin')
       OR EXISTS (SELECT FROM "user" WHERE id = NEW.user_id AND role = 'admin') THEN
      RAISE EXCEPTION 'the user cannot be impersonated' USING ERRCODE = 'GH004';
    END IF;
    NEW.expires_at := least(NEW.expires_at, statement_timestamp() + interval '1 hour');
    RETURN NEW;
  END $$`;

const FIRST_PASSWORD = 'account_first_password_ends_links';

/** Before `session_banned` and `session_begins`, by its name: it takes the stronger lock. */
const NAME = 'session_acts_for_another';

const EARLIER = [
  ['session', 'session_impersonation_not_extended'],
  ['user', 'user_end_password_links'],
  ['account', 'account_end_password_links'],
  ['user', 'user_change_ends_impersonations'],
  ['user', 'user_deletion_ends_impersonations'],
];

const UP = [
  BEGIN_IMPERSONATION,
  `CREATE TRIGGER "${NAME}" BEFORE INSERT OR UPDATE OF user_id, impersonated_by ON "session"
     FOR EACH ROW WHEN (NEW.impersonated_by IS NOT NULL)
     EXECUTE FUNCTION "gatehouse_begin_impersonation"()`,
  `ALTER TABLE "session" ENABLE ALWAYS TRIGGER "${NAME}"`,
  `CREATE TRIGGER "${FIRST_PASSWORD}" AFTER INSERT ON "account"
     FOR EACH ROW WHEN (NEW.password IS NOT NULL)
     EXECUTE FUNCTION "gatehouse_end_password_links"('user_id')`,
  `ALTER TABLE "account" ENABLE ALWAYS TRIGGER "${FIRST_PASSWORD}"`,
  ...EARLIER.map(([table, trigger]) => `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${trigger}"`),
];

const DOWN = [
  `DROP TRIGGER "${FIRST_PASSWORD}" ON "account"`,
  ...EARLIER.map(([table, trigger]) => `ALTER TABLE "${table}" ENABLE TRIGGER "${trigger}"`),
  `DROP TRIGGER "${NAME}" ON "session"`,
  'DROP FUNCTION "gatehouse_begin_impersonation"()',
];
