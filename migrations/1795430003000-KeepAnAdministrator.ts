import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A commit that takes away the last active administrator is refused (GH003). Active is a user
 * with the role `admin` whose ban is not in force.
 *
 * The trigger runs at the commit, so that one transaction may replace the administrator. It
 * takes an advisory lock, so that two transactions that each take away one of two
 * administrators are judged one after the other. At a higher isolation level the count would
 * see the state at the start of the transaction; there the remaining administrator is
 * locked, which fails when another transaction has changed that row.
 *
 * A database without an active administrator stays as it is: the first start creates one.
 * TRUNCATE is a right of the owner alone and is not refused.
 */
export class KeepAnAdministrator1795430003000 implements MigrationInterface {
  readonly name = 'KeepAnAdministrator1795430003000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    await queryRunner.query(KEEP.replaceAll('$SCHEMA', schema));
    for (const { name, when } of TRIGGERS) {
      await queryRunner.query(
        `CREATE CONSTRAINT TRIGGER "${name}" AFTER ${when}
         EXECUTE FUNCTION "gatehouse_keep_administrator"()`,
      );
      await queryRunner.query(`ALTER TABLE "user" ENABLE ALWAYS TRIGGER "${name}"`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of TRIGGERS) await queryRunner.query(`DROP TRIGGER "${name}" ON "user"`);
    await queryRunner.query('DROP FUNCTION "gatehouse_keep_administrator"()');
  }
}

/** The key is that of ADMINISTRATORS_LOCK in earlier versions, which may still be running. */
const KEEP = `
  CREATE FUNCTION "gatehouse_keep_administrator"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  BEGIN
    IF gatehouse_is_banned(OLD.banned, OLD.ban_expires) THEN
      RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7319045561206);
    IF current_setting('transaction_isolation') = 'read committed' THEN
      PERFORM FROM "user" WHERE role = 'admin' AND NOT gatehouse_is_banned(banned, ban_expires)
        LIMIT 1;
    ELSE
      PERFORM FROM "user" WHERE role = 'admin' AND NOT gatehouse_is_banned(banned, ban_expires)
        LIMIT 1 FOR SHARE;
    END IF;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'no active administrator would be left' USING ERRCODE = 'GH003';
    END IF;
    RETURN NULL;
  END $$`;

const TRIGGERS = [
  {
    name: 'user_update_keeps_administrator',
    when: `UPDATE ON "user" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (OLD.role = 'admin' AND (NEW.role <> 'admin' OR NEW.banned))`,
  },
  {
    name: 'user_deletion_keeps_administrator',
    when: `DELETE ON "user" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'admin')`,
  },
];
