import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the end of access leaves of the refresh tokens beyond the bound of a transaction
 * (EndGrantsInBoundedTime1795811000000) is known: a row of `oauth_ended_grant` for each ended grant
 * with tokens. A job deletes them. They stayed until their expiry, also those of a deleted user.
 *
 * No unique key: a grant can begin and end again while the job deletes the row of its former end.
 */
export class KeepEndedGrants1795813500000 implements MigrationInterface {
  readonly name = 'KeepEndedGrants1795813500000';

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

/** As EndGrantsInBoundedTime1795811000000 has it, with what is left. */
const deleteTokens = (keepEnded: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_delete_tokens"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp SET jit = off
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_nestloop = on AS $$
  DECLARE
    former integer := coalesce(nullif(current_setting('gatehouse.deleted_tokens', true), ''), '0')::integer;
    deleted integer := 0;
  BEGIN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    IF former < 12000 THEN
      -- The deletion ends grants, which would delete further tokens.
      PERFORM set_config('gatehouse.deleted_tokens', '12000', true);
      IF TG_TABLE_NAME = 'user' THEN
        DELETE FROM oauth_refresh_token WHERE id = ANY (ARRAY(
          SELECT t.id FROM old_rows o JOIN oauth_refresh_token t ON t.user_id = o.id
           LIMIT 12000 - former));
      ELSE
        DELETE FROM oauth_refresh_token WHERE id = ANY (ARRAY(
          SELECT t.id FROM old_rows o JOIN oauth_refresh_token t
              ON t.session_id = o.session_id AND t.client_id = o.client_id
           LIMIT 12000 - former));
      END IF;
      GET DIAGNOSTICS deleted = ROW_COUNT;
      PERFORM set_config('gatehouse.deleted_tokens', (former + deleted)::text, true);
    END IF;
    ${keepEnded}
    RETURN NULL;
  END $$`;

/** The tokens of a deleted user belong to grants that end with the sessions, or have no session. */
const KEEP_ENDED = `
    IF former + deleted >= 12000 AND TG_TABLE_NAME = 'oauth_grant' THEN
      INSERT INTO oauth_ended_grant (session_id, client_id)
      SELECT o.session_id, o.client_id FROM old_rows o
       WHERE EXISTS (SELECT FROM oauth_refresh_token t
                      WHERE t.session_id = o.session_id AND t.client_id = o.client_id);
    END IF;`;

const UP = [
  `CREATE TABLE "oauth_ended_grant" (
     "id" uuid NOT NULL DEFAULT gen_random_uuid(),
     "session_id" text NOT NULL,
     "client_id" text NOT NULL,
     CONSTRAINT "oauth_ended_grant_pkey" PRIMARY KEY ("id")
   )`,
  deleteTokens(KEEP_ENDED),
  // Ends of grants wait: the former function keeps nothing.
  'LOCK TABLE "oauth_grant" IN SHARE ROW EXCLUSIVE MODE',
  `INSERT INTO "oauth_ended_grant" ("session_id", "client_id")
   SELECT DISTINCT session_id, client_id FROM "oauth_refresh_token" t
    WHERE session_id IS NOT NULL AND NOT EXISTS (SELECT FROM "oauth_grant" g
      WHERE g.session_id = t.session_id AND g.client_id = t.client_id)`,
];

const DOWN = [deleteTokens(''), 'DROP TABLE "oauth_ended_grant"'];
