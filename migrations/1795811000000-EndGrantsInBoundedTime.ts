import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The time in which access ends does not grow with the number of stored refresh tokens. The end of
 * a session wrote all of its tokens, and the deletion of a client or a user deleted each token by a
 * trigger for each row: with some ten thousand of them, each attempt exceeded the time limit.
 *
 * A token rests on the row of its grant alone, without foreign keys to what the grant rests on. The
 * end of a grant, or of a user, deletes at most 12,000 tokens in a transaction. Tokens beyond that
 * have no grant, so none of them can be renewed, and the job deletes them after their expiry. When a
 * grant of the same session and client begins, they lose the session, and do not belong to it.
 *
 * Deletions of tokens and consents end grants once for each statement.
 */
export class EndGrantsInBoundedTime1795811000000 implements MigrationInterface {
  readonly name = 'EndGrantsInBoundedTime1795811000000';

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

const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp SET jit = off';

/** A plan is made once for a connection, perhaps for one row: by indexes, its time is linear. */
const BY_INDEX =
  'SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_nestloop = on';

/**
 * With the rights of the API, which may delete tokens, and neither lock them nor read their `ctid`.
 * The number is that of one grant at its bound, and some more.
 */
const DELETE_TOKENS = `
  CREATE FUNCTION "gatehouse_delete_tokens"() RETURNS trigger ${LANGUAGE} ${BY_INDEX} AS $$
  DECLARE
    former integer := coalesce(nullif(current_setting('gatehouse.deleted_tokens', true), ''), '0')::integer;
    deleted integer;
  BEGIN
    IF former >= 12000 OR NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
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
    RETURN NULL;
  END $$`;

/** After the insert: of one that waited for another, and inserted nothing, it does not run. */
const BEGIN_GRANT = `
  CREATE FUNCTION "gatehouse_begin_grant"() RETURNS trigger ${LANGUAGE} ${BY_INDEX} AS $$
  BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
      RAISE EXCEPTION 'a new grant needs the isolation level READ COMMITTED'
        USING ERRCODE = 'feature_not_supported';
    END IF;
    UPDATE oauth_refresh_token SET session_id = NULL
     WHERE session_id = NEW.session_id AND client_id = NEW.client_id;
    RETURN NULL;
  END $$`;

/** Not for tokens that are deleted after their expiry. */
const END_BY_TOKENS = `
  CREATE FUNCTION "gatehouse_end_grants_of_tokens"() RETURNS trigger ${LANGUAGE} ${BY_INDEX} AS $$
  BEGIN
    IF EXISTS (SELECT FROM old_rows WHERE session_id IS NOT NULL AND expires_at > now()) THEN
      DELETE FROM oauth_grant g
       USING (SELECT DISTINCT session_id, client_id FROM old_rows WHERE expires_at > now()) o
       WHERE g.session_id = o.session_id AND g.client_id = o.client_id;
    END IF;
    RETURN NULL;
  END $$`;

const END_OF_USERS = `
  CREATE FUNCTION "gatehouse_end_grants_of_users"(users text[], clients text[]) RETURNS void
  ${LANGUAGE} ${BY_INDEX} AS $$
  BEGIN
    DELETE FROM oauth_grant g USING unnest(users, clients) AS o (user_id, client_id), session s
     WHERE s.user_id = o.user_id AND g.session_id = s.id AND g.client_id = o.client_id;
  END $$`;

const END_BY_CONSENTS = `
  CREATE FUNCTION "gatehouse_end_grants_of_consents"() RETURNS trigger
  ${LANGUAGE} SET enable_nestloop = off AS $$
  DECLARE
    users text[];
    clients text[];
  BEGIN
    IF TG_OP = 'DELETE' THEN
      SELECT array_agg(user_id), array_agg(client_id) INTO users, clients FROM old_rows;
    ELSE
      SELECT array_agg(o.user_id), array_agg(o.client_id) INTO users, clients
        FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
       WHERE n.id IS NULL OR o.client_id <> n.client_id OR o.user_id IS DISTINCT FROM n.user_id
          OR gatehouse_shrinks(o.scopes, n.scopes) OR gatehouse_shrinks(o.resources, n.resources);
    END IF;
    IF users IS NOT NULL THEN
      PERFORM gatehouse_end_grants_of_users(users, clients);
    END IF;
    RETURN NULL;
  END $$`;

/** @param end how tokens that name what was removed end. */
const endScopes = (end: (condition: string) => string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_end_resource_scopes"() RETURNS trigger
  ${LANGUAGE} SET enable_nestloop = off AS $$
  DECLARE
    names text[];
  BEGIN
    IF TG_OP = 'DELETE' THEN
      SELECT array_agg(name) INTO names FROM old_rows;
    ELSE
      SELECT array_agg(o.name) INTO names
        FROM old_rows o LEFT JOIN new_rows n ON n.name = o.name AND n.resource = o.resource
       WHERE n.name IS NULL;
    END IF;
    IF names IS NULL THEN
      RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7319045561207);
    UPDATE oauth_client
       SET scopes = scopes - names, client_credentials_scopes = client_credentials_scopes - names
     WHERE scopes ?| names OR client_credentials_scopes ?| names;
    UPDATE oauth_consent SET scopes = scopes - names WHERE scopes ?| names;
    ${end('scopes ?| names')};
    RETURN NULL;
  END $$`;

const endResource = (end: (condition: string) => string) => `
  CREATE OR REPLACE FUNCTION "gatehouse_end_resource"() RETURNS trigger
  ${LANGUAGE} SET enable_nestloop = off AS $$
  BEGIN
    UPDATE oauth_consent SET resources = resources - OLD.identifier WHERE resources ? OLD.identifier;
    ${end('resources ? OLD.identifier')};
    RETURN NULL;
  END $$`;

const endGrants = (condition: string) => `
    DELETE FROM oauth_grant g USING (
        SELECT DISTINCT session_id, client_id FROM oauth_refresh_token
         WHERE ${condition} AND expires_at > now()) t
     WHERE g.session_id = t.session_id AND g.client_id = t.client_id`;

const deleteTokens = (condition: string) => `
    DELETE FROM oauth_refresh_token WHERE ${condition}`;

const FORMER_END_BY_CONSENT = `
  CREATE FUNCTION "gatehouse_end_grants_of_consent"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp AS $$
  BEGIN
    DELETE FROM oauth_grant g USING session s
     WHERE s.id = g.session_id AND s.user_id = OLD.user_id AND g.client_id = OLD.client_id;
    RETURN NULL;
  END $$`;

const OLD_ROWS = 'REFERENCING OLD TABLE AS old_rows';
const BOTH_ROWS = `${OLD_ROWS} NEW TABLE AS new_rows`;

/** Trigger, table, event, function. */
const TRIGGERS = [
  ['oauth_grant_begins', 'oauth_grant', 'AFTER INSERT', 'FOR EACH ROW', 'begin_grant'],
  ['user_ends_tokens', 'user', 'AFTER DELETE', OLD_ROWS, 'delete_tokens'],
  ['oauth_grant_ends_tokens', 'oauth_grant', 'AFTER DELETE', OLD_ROWS, 'delete_tokens'],
  [
    'oauth_refresh_token_deleted_ends_grant',
    'oauth_refresh_token',
    'AFTER DELETE',
    OLD_ROWS,
    'end_grants_of_tokens',
  ],
  [
    'oauth_consent_ends_grants',
    'oauth_consent',
    'AFTER DELETE',
    OLD_ROWS,
    'end_grants_of_consents',
  ],
  ['oauth_consent_narrowed', 'oauth_consent', 'AFTER UPDATE', BOTH_ROWS, 'end_grants_of_consents'],
] as const;

/** Trigger, table, definition before this migration. */
const FORMER_TRIGGERS = [
  [
    'oauth_grant_ends_tokens',
    'oauth_grant',
    'AFTER DELETE ON "oauth_grant" FOR EACH ROW EXECUTE FUNCTION "gatehouse_end_grants"()',
  ],
  [
    'oauth_refresh_token_deleted_ends_grant',
    'oauth_refresh_token',
    `AFTER DELETE ON "oauth_refresh_token" FOR EACH ROW
       WHEN (OLD.session_id IS NOT NULL AND OLD.expires_at > now())
       EXECUTE FUNCTION "gatehouse_end_grants"()`,
  ],
  [
    'oauth_consent_ends_grants',
    'oauth_consent',
    'AFTER DELETE ON "oauth_consent" FOR EACH ROW EXECUTE FUNCTION "gatehouse_end_grants"()',
  ],
  [
    'oauth_consent_narrowed',
    'oauth_consent',
    `AFTER UPDATE ON "oauth_consent" FOR EACH ROW WHEN (OLD.client_id <> NEW.client_id
       OR OLD.user_id IS DISTINCT FROM NEW.user_id OR gatehouse_shrinks(OLD.scopes, NEW.scopes)
       OR gatehouse_shrinks(OLD.resources, NEW.resources))
       EXECUTE FUNCTION "gatehouse_end_grants_of_consent"()`,
  ],
] as const;

/** Column, referenced key, action. */
const FORMER_KEYS = [
  ['client_id', '"oauth_client" ("client_id") ON DELETE CASCADE'],
  ['session_id', '"session" ("id") ON DELETE SET NULL'],
  ['user_id', '"user" ("id") ON DELETE CASCADE'],
] as const;

const drop = (triggers: readonly (readonly [string, string, ...string[]])[]) =>
  triggers.map(([name, table]) => `DROP TRIGGER "${name}" ON "${table}"`);

/** Also with session_replication_role, which disables ordinary triggers. */
const create = (name: string, table: string, definition: string) => [
  `CREATE TRIGGER "${name}" ${definition}`,
  `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
];

const UP = [
  ...drop(FORMER_TRIGGERS),
  ...FORMER_KEYS.map(
    ([column]) =>
      `ALTER TABLE "oauth_refresh_token" DROP CONSTRAINT "oauth_refresh_token_${column}_fkey"`,
  ),
  'DROP FUNCTION "gatehouse_end_grants_of_consent"',
  DELETE_TOKENS,
  BEGIN_GRANT,
  END_BY_TOKENS,
  END_OF_USERS,
  END_BY_CONSENTS,
  endScopes(endGrants),
  endResource(endGrants),
  ...TRIGGERS.flatMap(([name, table, event, rows, execute]) =>
    create(name, table, `${event} ON "${table}" ${rows} EXECUTE FUNCTION "gatehouse_${execute}"()`),
  ),
];

const DOWN = [
  ...drop(TRIGGERS),
  ...[
    'delete_tokens',
    'begin_grant',
    'end_grants_of_tokens',
    'end_grants_of_consents',
    'end_grants_of_users',
  ].map((name) => `DROP FUNCTION "gatehouse_${name}"`),
  endScopes(deleteTokens),
  endResource(deleteTokens),
  // No foreign key permits what has no grant.
  `DELETE FROM "oauth_refresh_token" t WHERE NOT EXISTS (
     SELECT FROM "oauth_grant" g WHERE g.session_id = t.session_id AND g.client_id = t.client_id)`,
  ...FORMER_KEYS.map(
    ([column, target]) =>
      `ALTER TABLE "oauth_refresh_token" ADD CONSTRAINT "oauth_refresh_token_${column}_fkey"
         FOREIGN KEY ("${column}") REFERENCES ${target}`,
  ),
  FORMER_END_BY_CONSENT,
  ...FORMER_TRIGGERS.flatMap(([name, table, definition]) => create(name, table, definition)),
];
