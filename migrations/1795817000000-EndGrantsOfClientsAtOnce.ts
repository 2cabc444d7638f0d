import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The time in which the grants of a client end does not grow with their number. A client that was no
 * longer first-party, or lost a grant type, deleted each of its grants in one statement, and a
 * deleted client also each of its consents: with some 100,000, each attempt exceeded the time limit.
 *
 * A grant has the generation that its client had when it began, and is in force while the client has
 * it. A transaction deletes at most 10,000 grants of clients. Are there more, it raises the generation
 * of the client. The row of the client is locked by each new grant, so that every grant is before
 * the change or after it. The former grant of a session makes room for the new one.
 *
 * Grants and consents have no foreign key to the client: they give nothing without it. What is left
 * of a client is named in `oauth_withdrawal`, and a job deletes it. A later client with the same id
 * begins without it.
 */
export class EndGrantsOfClientsAtOnce1795817000000 implements MigrationInterface {
  readonly name = 'EndGrantsOfClientsAtOnce1795817000000';

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

const SEARCH_PATH = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

/** A plan is made once for a connection, perhaps for one row: by indexes, its time is linear. */
const BY_INDEX = `${SEARCH_PATH} SET jit = off
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_nestloop = on`;

const END_OF_CLIENTS = `
  CREATE FUNCTION "gatehouse_end_grants_of_clients"(clients text[]) RETURNS void ${BY_INDEX} AS $$
  DECLARE
    former integer := coalesce(nullif(current_setting('gatehouse.ended_grants', true), ''), '0')::integer;
    deleted integer := 0;
  BEGIN
    IF former < 10000 THEN
      DELETE FROM oauth_grant g USING (
          SELECT session_id, client_id FROM oauth_grant WHERE client_id = ANY (clients)
           LIMIT 10000 - former) o
       WHERE g.session_id = o.session_id AND g.client_id = o.client_id;
      GET DIAGNOSTICS deleted = ROW_COUNT;
      PERFORM set_config('gatehouse.ended_grants', (former + deleted)::text, true);
    END IF;
    IF former + deleted < 10000
       OR NOT EXISTS (SELECT FROM oauth_grant WHERE client_id = ANY (clients)) THEN
      RETURN;
    END IF;
    UPDATE oauth_client SET grant_generation = grant_generation + 1 WHERE client_id = ANY (clients);
    INSERT INTO oauth_withdrawal (client_id) SELECT unnest(clients);
    PERFORM gatehouse_record_events(ARRAY['reload'], ARRAY['{}'::jsonb]);
    PERFORM pg_notify('gatehouse_access', '{"all":true}');
  END $$`;

const END_BY_CLIENT = `
  CREATE OR REPLACE FUNCTION "gatehouse_end_grants_of_client"() RETURNS trigger ${SEARCH_PATH} AS $$
  BEGIN
    PERFORM gatehouse_end_grants_of_clients(ARRAY[OLD.client_id]);
    RETURN NULL;
  END $$`;

const END_BY_RESOURCE = `
  CREATE OR REPLACE FUNCTION "gatehouse_end_grants_of_resource"() RETURNS trigger ${SEARCH_PATH} AS $$
  BEGIN
    PERFORM gatehouse_end_grants_of_clients(ARRAY(
      SELECT client_id FROM oauth_client_resource WHERE resource_id = OLD.identifier));
    RETURN NULL;
  END $$`;

/** The grants of a client that does not exist end with it. */
const endOfUsers = (ofClient: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_end_grants_of_users"(users text[], clients text[])
  RETURNS void ${BY_INDEX} AS $$
  BEGIN
    DELETE FROM oauth_grant g USING unnest(users, clients) AS o (user_id, client_id), session s
     WHERE s.user_id = o.user_id AND g.session_id = s.id AND g.client_id = o.client_id${ofClient};
  END $$`;

const OF_CLIENT = `
       AND EXISTS (SELECT FROM oauth_client c WHERE c.client_id = o.client_id)`;

/** Before the insert, also of one with ON CONFLICT: the former grant is then no conflict. */
const TAKE_GENERATION = `
  CREATE FUNCTION "gatehouse_take_generation"() RETURNS trigger ${BY_INDEX} AS $$
  BEGIN
    SELECT grant_generation INTO NEW.generation FROM oauth_client
     WHERE client_id = NEW.client_id FOR SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the client of the grant does not exist' USING
        ERRCODE = 'foreign_key_violation', CONSTRAINT = 'oauth_grant_client_id_fkey';
    END IF;
    DELETE FROM oauth_grant WHERE session_id = NEW.session_id AND client_id = NEW.client_id
       AND generation <> NEW.generation;
    RETURN NEW;
  END $$`;

const LOCK_CLIENT = `
  CREATE FUNCTION "gatehouse_lock_client_of_consent"() RETURNS trigger ${BY_INDEX} AS $$
  BEGIN
    PERFORM FROM oauth_client WHERE client_id = NEW.client_id FOR KEY SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the client of the consent does not exist' USING
        ERRCODE = 'foreign_key_violation', CONSTRAINT = 'oauth_consent_client_id_fkey';
    END IF;
    RETURN NEW;
  END $$`;

/** @param join of the grant `g` to its client, with its condition. */
const beginRefreshToken = (join: string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_begin_refresh_token"() RETURNS trigger
  ${SEARCH_PATH} SET enable_seqscan = off SET jit = off AS $$
  BEGIN
    PERFORM FROM "user" WHERE id = NEW.user_id FOR KEY SHARE;
    PERFORM FROM session WHERE id = NEW.session_id FOR KEY SHARE;
    PERFORM FROM oauth_client WHERE client_id = NEW.client_id FOR KEY SHARE;
    PERFORM FROM oauth_grant g ${join}
      WHERE g.session_id = NEW.session_id AND g.client_id = NEW.client_id FOR NO KEY UPDATE OF g;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the grant has ended' USING ERRCODE = 'GH007';
    END IF;
    RETURN NEW;
  END $$`;

const OF_GENERATION =
  'JOIN oauth_client c ON c.client_id = g.client_id AND c.grant_generation = g.generation';

const LEAVE_CLIENTS = `
  CREATE FUNCTION "gatehouse_leave_clients"() RETURNS trigger ${SEARCH_PATH} AS $$
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      DELETE FROM oauth_consent;
      DELETE FROM oauth_grant;
    ELSIF EXISTS (SELECT FROM old_rows) THEN
      INSERT INTO oauth_withdrawal (client_id) SELECT client_id FROM old_rows;
      PERFORM gatehouse_end_grants_of_clients(ARRAY(SELECT client_id FROM old_rows));
    END IF;
    RETURN NULL;
  END $$`;

const BEGIN_CLIENT = `
  CREATE FUNCTION "gatehouse_begin_client"() RETURNS trigger ${BY_INDEX} AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      DELETE FROM oauth_grant WHERE client_id = NEW.client_id;
      DELETE FROM oauth_consent WHERE client_id = NEW.client_id;
    ELSIF EXISTS (SELECT FROM oauth_grant WHERE client_id IN (OLD.client_id, NEW.client_id))
       OR EXISTS (SELECT FROM oauth_consent WHERE client_id IN (OLD.client_id, NEW.client_id)) THEN
      RAISE EXCEPTION 'grants or consents have the id of the client'
        USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
  END $$`;

const FORMER_END_BY_CLIENT = `
  CREATE OR REPLACE FUNCTION "gatehouse_end_grants_of_client"() RETURNS trigger ${SEARCH_PATH} AS $$
  BEGIN
    DELETE FROM oauth_grant WHERE client_id = OLD.client_id;
    RETURN NULL;
  END $$`;

const FORMER_END_BY_RESOURCE = `
  CREATE OR REPLACE FUNCTION "gatehouse_end_grants_of_resource"() RETURNS trigger ${SEARCH_PATH} AS $$
  BEGIN
    DELETE FROM oauth_grant g USING oauth_client_resource r
     WHERE r.client_id = g.client_id AND r.resource_id = OLD.identifier;
    RETURN NULL;
  END $$`;

/** Trigger, table, event with condition, function. */
const TRIGGERS = [
  ['oauth_grant_takes_generation', 'oauth_grant', 'BEFORE INSERT', '', 'take_generation'],
  [
    'oauth_consent_has_client',
    'oauth_consent',
    'BEFORE INSERT OR UPDATE OF client_id',
    '',
    'lock_client_of_consent',
  ],
  ['oauth_client_begins', 'oauth_client', 'BEFORE INSERT', '', 'begin_client'],
  [
    'oauth_client_renamed',
    'oauth_client',
    'BEFORE UPDATE',
    'WHEN (OLD.client_id <> NEW.client_id)',
    'begin_client',
  ],
] as const;

const STATEMENT_TRIGGERS = [
  ['oauth_client_left', 'AFTER DELETE', 'REFERENCING OLD TABLE AS old_rows'],
  ['oauth_client_truncated', 'AFTER TRUNCATE', ''],
] as const;

const create = (name: string, table: string, definition: string) => [
  `CREATE TRIGGER "${name}" ${definition}`,
  // Also with session_replication_role, which disables ordinary triggers.
  `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
];

const KEYS = ['oauth_grant', 'oauth_consent'];

const UP = [
  `CREATE TABLE "oauth_withdrawal" (
     "id" uuid NOT NULL DEFAULT gen_random_uuid(),
     "client_id" text NOT NULL,
     CONSTRAINT "oauth_withdrawal_pkey" PRIMARY KEY ("id")
   )`,
  'ALTER TABLE "oauth_client" ADD COLUMN "grant_generation" integer NOT NULL DEFAULT 0',
  'ALTER TABLE "oauth_grant" ADD COLUMN "generation" integer NOT NULL DEFAULT 0',
  'DROP INDEX "oauth_grant_client_id_idx"',
  'CREATE INDEX "oauth_grant_client_id_idx" ON "oauth_grant" ("client_id", "generation")',
  ...KEYS.map((table) => `ALTER TABLE "${table}" DROP CONSTRAINT "${table}_client_id_fkey"`),
  END_OF_CLIENTS,
  END_BY_CLIENT,
  END_BY_RESOURCE,
  endOfUsers(OF_CLIENT),
  TAKE_GENERATION,
  LOCK_CLIENT,
  beginRefreshToken(OF_GENERATION),
  LEAVE_CLIENTS,
  BEGIN_CLIENT,
  ...TRIGGERS.flatMap(([name, table, event, condition, execute]) =>
    create(
      name,
      table,
      `${event} ON "${table}" FOR EACH ROW ${condition} EXECUTE FUNCTION "gatehouse_${execute}"()`,
    ),
  ),
  ...STATEMENT_TRIGGERS.flatMap(([name, event, rows]) =>
    create(
      name,
      'oauth_client',
      `${event} ON "oauth_client" ${rows} FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_leave_clients"()`,
    ),
  ),
];

const DOWN = [
  ...TRIGGERS.map(([name, table]) => `DROP TRIGGER "${name}" ON "${table}"`),
  ...STATEMENT_TRIGGERS.map(([name]) => `DROP TRIGGER "${name}" ON "oauth_client"`),
  ...['take_generation', 'lock_client_of_consent', 'leave_clients', 'begin_client'].map(
    (name) => `DROP FUNCTION "gatehouse_${name}"`,
  ),
  `DELETE FROM "oauth_grant" g WHERE NOT EXISTS (SELECT FROM "oauth_client" c
     WHERE c.client_id = g.client_id AND c.grant_generation = g.generation)`,
  `DELETE FROM "oauth_consent" k WHERE NOT EXISTS (
     SELECT FROM "oauth_client" c WHERE c.client_id = k.client_id)`,
  FORMER_END_BY_CLIENT,
  FORMER_END_BY_RESOURCE,
  endOfUsers(''),
  beginRefreshToken(''),
  'DROP FUNCTION "gatehouse_end_grants_of_clients"',
  ...KEYS.map(
    (table) => `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_client_id_fkey"
      FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE`,
  ),
  'DROP INDEX "oauth_grant_client_id_idx"',
  'ALTER TABLE "oauth_grant" DROP COLUMN "generation"',
  'CREATE INDEX "oauth_grant_client_id_idx" ON "oauth_grant" ("client_id")',
  'ALTER TABLE "oauth_client" DROP COLUMN "grant_generation"',
  'DROP TABLE "oauth_withdrawal"',
];
