import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A user has at most 50 passkeys and 50 accounts (a password, and accounts at providers). The
 * insert of a further one is refused (GH005). Inserts of one user wait for each other.
 *
 * A grant to a client has at most 10,000 refresh tokens. Used tokens stay until they expire,
 * because a second use shows a theft; so none of them is deleted. The grant that needs a further
 * one ends instead, and the user signs in at the client again. A client that renews every five
 * minutes for 30 days needs fewer than 9,000.
 */
export class BoundSignInMethods1795460001000 implements MigrationInterface {
  readonly name = 'BoundSignInMethods1795460001000';

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

/** A plan is made once for a connection, perhaps while the table is empty. */
const BY_INDEX = 'SET enable_seqscan = off';

const REFUSE = `
    IF FOUND THEN
      RAISE EXCEPTION 'the user has too many of these' USING ERRCODE = 'GH005';
    END IF;
    RETURN NEW;
  END $$`;

const BOUND_PASSKEYS = `
  CREATE FUNCTION "gatehouse_bound_passkeys"() RETURNS trigger
  ${LANGUAGE} ${BY_INDEX} AS $$
  BEGIN
    PERFORM FROM credential_state WHERE user_id = NEW.user_id FOR NO KEY UPDATE;
    PERFORM FROM passkey WHERE user_id = NEW.user_id OFFSET 49 LIMIT 1;
    ${REFUSE}`;

const BOUND_ACCOUNTS = `
  CREATE FUNCTION "gatehouse_bound_accounts"() RETURNS trigger
  ${LANGUAGE} ${BY_INDEX} AS $$
  BEGIN
    PERFORM FROM credential_state WHERE user_id = NEW.user_id FOR NO KEY UPDATE;
    PERFORM FROM account WHERE user_id = NEW.user_id OFFSET 49 LIMIT 1;
    ${REFUSE}`;

const BOUND_GRANT = `
  CREATE FUNCTION "gatehouse_bound_grant"() RETURNS trigger
  ${LANGUAGE} ${BY_INDEX} AS $$
  BEGIN
    PERFORM FROM oauth_refresh_token
      WHERE session_id = NEW.session_id AND client_id = NEW.client_id OFFSET 10000 LIMIT 1;
    IF FOUND THEN
      DELETE FROM oauth_grant WHERE session_id = NEW.session_id AND client_id = NEW.client_id;
    END IF;
    RETURN NULL;
  END $$`;

/** Name, table, event with condition, function. */
const TRIGGERS = [
  ['passkey_bounded', 'passkey', 'BEFORE INSERT', 'bound_passkeys'],
  ['account_bounded', 'account', 'BEFORE INSERT', 'bound_accounts'],
  ['oauth_refresh_token_bounded', 'oauth_refresh_token', 'AFTER INSERT', 'bound_grant'],
] as const;

const UP = [
  BOUND_PASSKEYS,
  BOUND_ACCOUNTS,
  BOUND_GRANT,
  ...TRIGGERS.flatMap(([name, table, event, run]) => [
    `CREATE TRIGGER "${name}" ${event} ON "${table}" FOR EACH ROW
       EXECUTE FUNCTION "gatehouse_${run}"()`,
    `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
  ]),
];

const DOWN = TRIGGERS.flatMap(([name, table, , run]) => [
  `DROP TRIGGER "${name}" ON "${table}"`,
  `DROP FUNCTION "gatehouse_${run}"()`,
]);
