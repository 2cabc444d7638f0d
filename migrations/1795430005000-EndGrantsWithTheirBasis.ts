import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A grant also ends when its basis becomes smaller: the consent loses a scope or a resource, the
 * client loses a grant type or a resource, the resource is disabled or loses a scope. TRUNCATE of
 * a table on which grants rest ends all grants. Refresh tokens end with their grant, and live
 * access hears of it (EndOAuthGrants1795428000000). The next sign-in at the client begins a new
 * grant, within the smaller basis.
 *
 * A changed grant type of a client is announced, too: tokens of a service account rest on the
 * client alone.
 */
export class EndGrantsWithTheirBasis1795430005000 implements MigrationInterface {
  readonly name = 'EndGrantsWithTheirBasis1795430005000';

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

/** Whether a list lost an entry. No list at all is another state than any list. */
const SHRINKS = `
  CREATE FUNCTION "gatehouse_shrinks"(former jsonb, latter jsonb) RETURNS boolean
  LANGUAGE sql IMMUTABLE
  RETURN latter IS DISTINCT FROM former AND NOT coalesce(latter @> former, false)`;

const END_BY_CONSENT = `
  CREATE FUNCTION "gatehouse_end_grants_of_consent"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    DELETE FROM oauth_grant g USING session s
     WHERE s.id = g.session_id AND s.user_id = OLD.user_id AND g.client_id = OLD.client_id;
    RETURN NULL;
  END $$`;

const END_BY_CLIENT = `
  CREATE FUNCTION "gatehouse_end_grants_of_client"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    DELETE FROM oauth_grant WHERE client_id = OLD.client_id;
    RETURN NULL;
  END $$`;

const END_BY_RESOURCE = `
  CREATE FUNCTION "gatehouse_end_grants_of_resource"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    DELETE FROM oauth_grant g USING oauth_client_resource r
     WHERE r.client_id = g.client_id AND r.resource_id = OLD.identifier;
    RETURN NULL;
  END $$`;

const END_ALL = `
  CREATE FUNCTION "gatehouse_end_all_grants"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    DELETE FROM oauth_refresh_token WHERE session_id IS NOT NULL;
    DELETE FROM oauth_grant;
    RETURN NULL;
  END $$`;

/** By the rules of AnnounceAccessChanges1795413000000: at most 17 notifications a transaction. */
const ANNOUNCE_GRANT_TYPES = `
  CREATE FUNCTION "gatehouse_announce_grant_types"() RETURNS trigger ${LANGUAGE} AS $$
  DECLARE
    announced integer := coalesce(nullif(current_setting('gatehouse.announced', true), ''), '0')::integer;
  BEGIN
    IF announced >= 16 THEN
      PERFORM pg_notify('gatehouse_access', '{"all":true}');
    ELSE
      PERFORM set_config('gatehouse.announced', (announced + 1)::text, true);
      PERFORM pg_notify('gatehouse_access',
        json_build_object('clients', json_build_array(OLD.client_id))::text);
    END IF;
    RETURN NULL;
  END $$`;

const TRUNCATED = [
  'oauth_consent',
  'oauth_refresh_token',
  'oauth_grant',
  'oauth_client_resource',
  'oauth_resource',
];

/** Trigger, table, event with condition, function. */
const TRIGGERS = [
  [
    'oauth_consent_narrowed',
    'oauth_consent',
    `AFTER UPDATE ON "oauth_consent" FOR EACH ROW WHEN (OLD.client_id <> NEW.client_id
       OR OLD.user_id IS DISTINCT FROM NEW.user_id OR gatehouse_shrinks(OLD.scopes, NEW.scopes)
       OR gatehouse_shrinks(OLD.resources, NEW.resources))`,
    'end_grants_of_consent',
  ],
  [
    'oauth_client_narrowed',
    'oauth_client',
    `AFTER UPDATE ON "oauth_client" FOR EACH ROW
       WHEN (gatehouse_shrinks(OLD.grant_types, NEW.grant_types))`,
    'end_grants_of_client',
  ],
  [
    'oauth_client_grant_types_changed',
    'oauth_client',
    `AFTER UPDATE ON "oauth_client" FOR EACH ROW
       WHEN (OLD.grant_types IS DISTINCT FROM NEW.grant_types)`,
    'announce_grant_types',
  ],
  [
    'oauth_client_resource_removed',
    'oauth_client_resource',
    'AFTER DELETE ON "oauth_client_resource" FOR EACH ROW',
    'end_grants_of_client',
  ],
  [
    'oauth_client_resource_replaced',
    'oauth_client_resource',
    `AFTER UPDATE ON "oauth_client_resource" FOR EACH ROW
       WHEN (OLD.client_id <> NEW.client_id OR OLD.resource_id <> NEW.resource_id)`,
    'end_grants_of_client',
  ],
  [
    'oauth_resource_narrowed',
    'oauth_resource',
    `AFTER UPDATE ON "oauth_resource" FOR EACH ROW WHEN (OLD.identifier <> NEW.identifier
       OR (NEW.disabled AND NOT coalesce(OLD.disabled, false))
       OR gatehouse_shrinks(OLD.allowed_scopes, NEW.allowed_scopes))`,
    'end_grants_of_resource',
  ],
  ...TRUNCATED.map(
    (table) =>
      [
        `${table}_truncated_ends_grants`,
        table,
        `AFTER TRUNCATE ON "${table}" FOR EACH STATEMENT`,
        'end_all_grants',
      ] as const,
  ),
] as const;

const UP = [
  SHRINKS,
  END_BY_CONSENT,
  END_BY_CLIENT,
  END_BY_RESOURCE,
  END_ALL,
  ANNOUNCE_GRANT_TYPES,
  ...TRIGGERS.flatMap(([name, table, event, run]) => [
    `CREATE TRIGGER "${name}" ${event} EXECUTE FUNCTION "gatehouse_${run}"()`,
    `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
  ]),
];

const DOWN = [
  ...TRIGGERS.map(([name, table]) => `DROP TRIGGER "${name}" ON "${table}"`),
  ...new Set(TRIGGERS.map(([, , , run]) => `DROP FUNCTION "gatehouse_${run}"()`)),
  'DROP FUNCTION "gatehouse_shrinks"(jsonb, jsonb)',
];
