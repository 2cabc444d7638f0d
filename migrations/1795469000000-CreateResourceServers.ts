import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Resource servers that administrators register: the scopes of a resource, and the clients with
 * which it may ask about its tokens (RFC 7662). A resource of the table of Better-Auth
 * ("oauth_resource") is registered by an administrator when it has scopes here.
 *
 * A scope that is removed, and a resource that is removed, are taken away from clients, consents
 * and refresh tokens, for every writer: a later resource with the same name starts without them.
 * Grants end with that (EndGrantsWithTheirBasis1795430005000), and clients are announced.
 */
export class CreateResourceServers1795469000000 implements MigrationInterface {
  readonly name = 'CreateResourceServers1795469000000';

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

const CREATE_SCOPES = `
  CREATE TABLE "oauth_resource_scope" (
    "name" text NOT NULL,
    "resource" text NOT NULL,
    "description" text NOT NULL,
    CONSTRAINT "oauth_resource_scope_pkey" PRIMARY KEY ("name"),
    CONSTRAINT "oauth_resource_scope_name_check" CHECK ("name" ~ '^[A-Za-z0-9][A-Za-z0-9:._/-]{0,99}$'),
    CONSTRAINT "oauth_resource_scope_resource_fkey" FOREIGN KEY ("resource") REFERENCES "oauth_resource" ("identifier") ON DELETE CASCADE
  )`;

const CREATE_SERVERS = `
  CREATE TABLE "oauth_resource_server" (
    "resource" text NOT NULL,
    "client_id" text NOT NULL,
    CONSTRAINT "oauth_resource_server_pkey" PRIMARY KEY ("resource", "client_id"),
    CONSTRAINT "oauth_resource_server_resource_fkey" FOREIGN KEY ("resource") REFERENCES "oauth_resource" ("identifier") ON DELETE CASCADE,
    CONSTRAINT "oauth_resource_server_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE
  )`;

const TRIGGER = `RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, $SCHEMA, pg_temp SET enable_nestloop = off`;

/** A scope that moves to another resource is another scope. */
const END_SCOPES = `
  CREATE FUNCTION "gatehouse_end_resource_scopes"() ${TRIGGER} AS $$
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
    UPDATE oauth_client
       SET scopes = scopes - names, client_credentials_scopes = client_credentials_scopes - names
     WHERE scopes ?| names OR client_credentials_scopes ?| names;
    UPDATE oauth_consent SET scopes = scopes - names WHERE scopes ?| names;
    DELETE FROM oauth_refresh_token WHERE scopes ?| names;
    RETURN NULL;
  END $$`;

const END_RESOURCE = `
  CREATE FUNCTION "gatehouse_end_resource"() ${TRIGGER} AS $$
  BEGIN
    UPDATE oauth_consent SET resources = resources - OLD.identifier WHERE resources ? OLD.identifier;
    DELETE FROM oauth_refresh_token WHERE resources ? OLD.identifier;
    RETURN NULL;
  END $$`;

/**
 * What a client may ask about is known with the client, and that it has proved its secret. By the rules of
 * AnnounceAccessChanges1795413000000: at most 17 notifications a transaction.
 */
const ANNOUNCE = `
  CREATE FUNCTION "gatehouse_announce_resource_servers"(ids text[]) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    payload text := json_build_object('clients', ids)::text;
    announced integer := coalesce(nullif(current_setting('gatehouse.announced', true), ''), '0')::integer;
  BEGIN
    IF ids IS NULL THEN
      RETURN;
    END IF;
    IF cardinality(ids) > 100 OR octet_length(payload) > 7900 OR announced >= 16 THEN
      payload := '{"all":true}';
    ELSE
      PERFORM set_config('gatehouse.announced', (announced + 1)::text, true);
    END IF;
    PERFORM pg_notify('gatehouse_access', payload);
  END $$`;

/** A function for one table: the clients that the changed rows concern. */
function announcer(name: string, clientsOf: (rows: string) => string): string {
  return `
  CREATE FUNCTION "gatehouse_announce_${name}"() ${TRIGGER} AS $$
  DECLARE
    ids text[];
  BEGIN
    IF TG_OP = 'TRUNCATE' THEN
      PERFORM pg_notify('gatehouse_access', '{"all":true}');
    ELSIF TG_OP = 'INSERT' THEN
      SELECT array_agg(DISTINCT client_id) INTO ids FROM (${clientsOf('new_rows')}) AS changed;
    ELSIF TG_OP = 'DELETE' THEN
      SELECT array_agg(DISTINCT client_id) INTO ids FROM (${clientsOf('old_rows')}) AS changed;
    ELSE
      SELECT array_agg(DISTINCT client_id) INTO ids
        FROM (${clientsOf('old_rows')} UNION ALL ${clientsOf('new_rows')}) AS changed;
    END IF;
    PERFORM gatehouse_announce_resource_servers(ids);
    RETURN NULL;
  END $$`;
}

const ANNOUNCE_SERVERS = announcer('servers', (rows) => `SELECT client_id FROM ${rows}`);

const ANNOUNCE_SCOPES = announcer(
  'resource_scopes',
  (rows) =>
    `SELECT s.client_id FROM ${rows} r JOIN oauth_resource_server s ON s.resource = r.resource`,
);

const ANNOUNCE_RESOURCES = announcer(
  'resources',
  (rows) =>
    `SELECT s.client_id FROM ${rows} r JOIN oauth_resource_server s ON s.resource = r.identifier`,
);

const ROWS = {
  INSERT: 'REFERENCING NEW TABLE AS new_rows',
  UPDATE: 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows',
  DELETE: 'REFERENCING OLD TABLE AS old_rows',
  TRUNCATE: '',
};

function triggersOf(table: string, run: string, events: (keyof typeof ROWS)[]) {
  return events.map((event) => ({
    name: `${table}_${run}_${event.toLowerCase()}`,
    table,
    sql: `AFTER ${event} ON "${table}" ${ROWS[event]} FOR EACH STATEMENT EXECUTE FUNCTION "gatehouse_${run}"()`,
  }));
}

const ALL_EVENTS: (keyof typeof ROWS)[] = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'];

const TRIGGERS = [
  ...triggersOf('oauth_resource_scope', 'end_resource_scopes', ['UPDATE', 'DELETE']),
  ...triggersOf('oauth_resource_scope', 'end_all_grants', ['TRUNCATE']),
  ...triggersOf('oauth_resource_scope', 'announce_resource_scopes', ALL_EVENTS),
  ...triggersOf('oauth_resource_server', 'announce_servers', ALL_EVENTS),
  ...triggersOf('oauth_resource', 'announce_resources', ['UPDATE', 'TRUNCATE']),
  {
    name: 'oauth_resource_removed',
    table: 'oauth_resource',
    sql: 'AFTER DELETE ON "oauth_resource" FOR EACH ROW EXECUTE FUNCTION "gatehouse_end_resource"()',
  },
  {
    name: 'oauth_client_credentials_changed',
    table: 'oauth_client',
    sql: `AFTER UPDATE ON "oauth_client" FOR EACH ROW
      WHEN (OLD.client_secret IS DISTINCT FROM NEW.client_secret
        OR OLD.token_endpoint_auth_method IS DISTINCT FROM NEW.token_endpoint_auth_method
        OR OLD.jwks IS DISTINCT FROM NEW.jwks)
      EXECUTE FUNCTION "gatehouse_announce_grant_types"()`,
  },
];

const UP = [
  CREATE_SCOPES,
  CREATE_SERVERS,
  'CREATE INDEX "oauth_resource_scope_resource_idx" ON "oauth_resource_scope" ("resource")',
  'CREATE INDEX "oauth_resource_server_client_id_idx" ON "oauth_resource_server" ("client_id")',
  // The list of resources is read by pages, in this order.
  'UPDATE "oauth_resource" SET "created_at" = now() WHERE "created_at" IS NULL',
  END_SCOPES,
  END_RESOURCE,
  ANNOUNCE,
  ANNOUNCE_SERVERS,
  ANNOUNCE_SCOPES,
  ANNOUNCE_RESOURCES,
  ...TRIGGERS.flatMap(({ name, table, sql }) => [
    `CREATE TRIGGER "${name}" ${sql}`,
    // Also with session_replication_role, which disables ordinary triggers.
    `ALTER TABLE "${table}" ENABLE ALWAYS TRIGGER "${name}"`,
  ]),
];

const DOWN = [
  ...TRIGGERS.map(({ name, table }) => `DROP TRIGGER "${name}" ON "${table}"`),
  'DROP FUNCTION "gatehouse_announce_resources"()',
  'DROP FUNCTION "gatehouse_announce_resource_scopes"()',
  'DROP FUNCTION "gatehouse_announce_servers"()',
  'DROP FUNCTION "gatehouse_announce_resource_servers"(text[])',
  'DROP FUNCTION "gatehouse_end_resource"()',
  'DROP FUNCTION "gatehouse_end_resource_scopes"()',
  'DROP TABLE "oauth_resource_server", "oauth_resource_scope"',
];
