import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The bounds of sessions and proofs select the oldest rows once. PostgreSQL can run
 * `IN (SELECT … LIMIT … FOR UPDATE)` once for each row of the table, each time with other rows. It did
 * so while its statistics said that the table is small: the 101st session of a user deleted all others.
 *
 * The index is for the cleanup of refresh tokens, which read the whole table.
 */
export class SelectRowsOnce1795809000000 implements MigrationInterface {
  readonly name = 'SelectRowsOnce1795809000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replaceFunctions(queryRunner, (rows) => `= ANY (ARRAY(${rows}))`);
    await queryRunner.query(
      'CREATE INDEX "oauth_refresh_token_expires_at_idx" ON "oauth_refresh_token" ("expires_at")',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX "oauth_refresh_token_expires_at_idx"');
    await replaceFunctions(queryRunner, (rows) => `IN (${rows})`);
  }
}

/** How a key is compared with the keys of selected rows. */
type Among = (rows: string) => string;

async function replaceFunctions(queryRunner: QueryRunner, among: Among): Promise<void> {
  const [{ schema }] = (await queryRunner.query(
    'SELECT quote_ident(current_schema()) AS schema',
  )) as [{ schema: string }];
  for (const statement of [boundSessions(among), boundProofs(among)]) {
    await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
  }
}

const OPTIONS = `LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp
  SET enable_seqscan = off SET jit = off`;

const boundSessions = (among: Among): string => `
  CREATE OR REPLACE FUNCTION "gatehouse_bound_sessions"() RETURNS trigger ${OPTIONS} AS $$
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
      DELETE FROM session WHERE id ${among(`
        SELECT id FROM session WHERE user_id = NEW.user_id AND id <> NEW.id
         ORDER BY expires_at > now(), updated_at, id LIMIT excess FOR UPDATE SKIP LOCKED`)};
    END IF;
    RETURN NULL;
  END $$`;

const boundProofs = (among: Among): string => `
  CREATE OR REPLACE FUNCTION "gatehouse_bound_proofs"() RETURNS trigger ${OPTIONS} AS $$
  DECLARE
    kind text := TG_ARGV[0];
    most bigint := TG_ARGV[1];
    excess bigint;
  BEGIN
    PERFORM FROM verification WHERE value = NEW.value AND starts_with(identifier, kind)
      OFFSET most / 2 LIMIT 1;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7319046, hashtext(NEW.value));
    SELECT count(*) - most INTO excess FROM verification
     WHERE value = NEW.value AND starts_with(identifier, kind);
    IF excess > 0 THEN
      DELETE FROM verification WHERE id ${among(`
        SELECT id FROM verification
         WHERE value = NEW.value AND starts_with(identifier, kind) AND id <> NEW.id
         ORDER BY expires_at, id LIMIT excess FOR UPDATE SKIP LOCKED`)};
    END IF;
    RETURN NULL;
  END $$`;
