import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A refresh token is inserted only while its grant is in force (GH007). A renewal checks the grant,
 * marks the old token as used and then inserts the new one. The end of the grant deletes the tokens
 * of the grant; a token that was inserted after that deletion stayed. It was valid again as soon as
 * the user signed in at the client again, also for the thief whose second use had ended the grant.
 *
 * The insert locks the grant, so that an end that commits later finds the token. The rows on which
 * the grant rests are locked first, in the order in which a deletion of the user locks them.
 */
export class CheckNewRefreshTokens1795801100000 implements MigrationInterface {
  readonly name = 'CheckNewRefreshTokens1795801100000';

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

const BEGIN_REFRESH_TOKEN = `
  CREATE FUNCTION "gatehouse_begin_refresh_token"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp SET enable_seqscan = off AS $$
  BEGIN
    PERFORM FROM "user" WHERE id = NEW.user_id FOR KEY SHARE;
    PERFORM FROM session WHERE id = NEW.session_id FOR KEY SHARE;
    PERFORM FROM oauth_client WHERE client_id = NEW.client_id FOR KEY SHARE;
    PERFORM FROM oauth_grant WHERE session_id = NEW.session_id AND client_id = NEW.client_id
      FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the grant has ended' USING ERRCODE = 'GH007';
    END IF;
    RETURN NEW;
  END $$`;

/** Tokens that were inserted after the end of their grant. */
const DELETE_LEFT = `
  DELETE FROM "oauth_refresh_token" token
   WHERE session_id IS NOT NULL AND NOT EXISTS (
     SELECT FROM "oauth_grant" g
      WHERE g.session_id = token.session_id AND g.client_id = token.client_id)`;

const UP = [
  BEGIN_REFRESH_TOKEN,
  `CREATE TRIGGER "oauth_refresh_token_begins" BEFORE INSERT ON "oauth_refresh_token" FOR EACH ROW
     WHEN (NEW.session_id IS NOT NULL) EXECUTE FUNCTION "gatehouse_begin_refresh_token"()`,
  'ALTER TABLE "oauth_refresh_token" ENABLE ALWAYS TRIGGER "oauth_refresh_token_begins"',
  DELETE_LEFT,
];

const DOWN = [
  'DROP TRIGGER "oauth_refresh_token_begins" ON "oauth_refresh_token"',
  'DROP FUNCTION "gatehouse_begin_refresh_token"()',
];
