import type { DataSource } from 'typeorm';
import { FEATURE_TABLES } from '../contract';
import { MigrationError } from './migration-error';

/** The role of each process, see docs/security/database-roles.md. */
export const DATABASE_ROLES = { authServer: 'gatehouse_auth', api: 'gatehouse_api' } as const;

type DatabaseRole = (typeof DATABASE_ROLES)[keyof typeof DATABASE_ROLES];

/** What the API reads of the tables with credentials. A new column is closed to it. */
const COLUMNS_OF_API = {
  session:
    'id, user_id, expires_at, ip_address, user_agent, impersonated_by, created_at, updated_at, basis',
  account:
    'id, user_id, account_id, provider_id, access_token_expires_at, refresh_token_expires_at, scope, created_at, updated_at, basis',
  two_factor: 'id, user_id, verified, failed_verification_count, locked_until',
  jwks: 'id, public_key, alg, crv, created_at, expires_at',
  oauth_client:
    'id, client_id, client_discovery_id, disabled, skip_consent, enable_end_session, subject_type, scopes, client_credentials_scopes, user_id, created_at, updated_at, name, uri, icon, contacts, tos, policy, software_id, software_version, software_statement, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, backchannel_logout_session_required, token_endpoint_auth_method, application_type, jwks, jwks_uri, grant_types, response_types, require_pkce, dpop_bound_access_tokens, reference_id, metadata, grant_generation',
  oauth_refresh_token:
    'id, client_id, session_id, user_id, reference_id, authorization_code_id, resources, requested_user_info_claims, expires_at, created_at, revoked, rotated_at, rotation_replay_expires_at, auth_time, confirmation, scopes',
  event_stream:
    'id, client_id, slot, description, events_requested, method, endpoint_url, status, status_reason, excluded_subjects, source, position, page, page_after, failures, retry_at, verified_at, created_at, updated_at',
  oauth_access_token:
    'id, client_id, session_id, user_id, reference_id, authorization_code_id, resources, requested_user_info_claims, refresh_id, expires_at, created_at, revoked, confirmation, scopes',
};

/** What an administrator changes of a client through the API. Only the auth server writes secrets. */
const CLIENT_COLUMNS_WRITTEN_BY_API =
  'name, redirect_uris, post_logout_redirect_uris, application_type, scopes, client_credentials_scopes, skip_consent, disabled, updated_at, grant_generation';

/** What an administrator writes of a resource: not the claims, the key or the scopes of its tokens. */
const NEW_RESOURCE = 'id, identifier, name, access_token_ttl, created_at, updated_at';
const CHANGED_RESOURCE = 'id, name, access_token_ttl, disabled, created_at, updated_at';

/**
 * The statements that give a role its privileges, and take away all others. They run in one
 * transaction, so that a running process keeps its privileges.
 */
export const DATABASE_GRANTS: Record<DatabaseRole, readonly string[]> = {
  gatehouse_auth: [
    ...shared('gatehouse_auth'),
    'REVOKE UPDATE, DELETE ON audit_event FROM gatehouse_auth',
    'REVOKE UPDATE, DELETE ON access_event FROM gatehouse_auth',
    'REVOKE INSERT, UPDATE, DELETE ON oauth_resource_scope, oauth_resource_server FROM gatehouse_auth',
    'REVOKE UPDATE, DELETE ON installation_secret FROM gatehouse_auth',
    'REVOKE ALL ON idempotency_key FROM gatehouse_auth',
    'REVOKE INSERT, UPDATE, DELETE ON audit_cleaning, audit_retention FROM gatehouse_auth',
    'REVOKE INSERT, UPDATE ON user_proof FROM gatehouse_auth',
    ...stateOfCredentials('gatehouse_auth'),
  ],
  gatehouse_api: [
    ...shared('gatehouse_api'),
    'REVOKE UPDATE ON audit_event, audit_retention, access_event FROM gatehouse_api',
    'REVOKE DELETE ON audit_retention FROM gatehouse_api',
    'REVOKE ALL ON verification, mail_queue, rate_limit, audit_repeat, oauth_client_assertion FROM gatehouse_api',
    'REVOKE INSERT, UPDATE ON account, session, user_proof, two_factor, passkey, jwks FROM gatehouse_api',
    'REVOKE UPDATE, DELETE ON installation_secret FROM gatehouse_api',
    'REVOKE DELETE ON jwks, oauth_client_resource, oauth_consent, oauth_access_token, audit_cleaning FROM gatehouse_api',
    // UPDATE stays a privilege on the table: the readiness of the previous version looks for it.
    'REVOKE INSERT ON "user", credential_state FROM gatehouse_api',
    ...stateOfCredentials('gatehouse_api'),
    'REVOKE INSERT, UPDATE ON oauth_client, oauth_client_resource, oauth_consent, oauth_grant, oauth_refresh_token, oauth_access_token FROM gatehouse_api',
    `GRANT UPDATE (${CLIENT_COLUMNS_WRITTEN_BY_API}) ON oauth_client TO gatehouse_api`,
    'GRANT UPDATE (scopes, resources) ON oauth_consent TO gatehouse_api',
    'REVOKE INSERT, UPDATE ON oauth_resource FROM gatehouse_api',
    `GRANT INSERT (${NEW_RESOURCE}), UPDATE (${CHANGED_RESOURCE}) ON oauth_resource TO gatehouse_api`,
    'REVOKE UPDATE ON oauth_resource_server FROM gatehouse_api',
    'REVOKE SELECT, UPDATE, DELETE ON oauth_ended_grant, oauth_withdrawal FROM gatehouse_api',
    'REVOKE UPDATE, DELETE ON oauth_removal FROM gatehouse_api',
    'REVOKE SELECT, UPDATE, DELETE ON owner_notice FROM gatehouse_api',
    'REVOKE INSERT, UPDATE, DELETE ON event_stream, event_delivery FROM gatehouse_api',
    'GRANT UPDATE (status, status_reason, failures, retry_at, updated_at) ON event_stream TO gatehouse_api',
    'GRANT UPDATE (state, attempts, next_attempt_at, failing_since, last_error, finished_at) ON event_delivery TO gatehouse_api',
    `REVOKE SELECT ON ${Object.keys(COLUMNS_OF_API).join(', ')} FROM gatehouse_api`,
    ...Object.entries(COLUMNS_OF_API).map(
      ([table, columns]) => `GRANT SELECT (${columns}) ON ${table} TO gatehouse_api`,
    ),
  ],
};

/** Triggers record the last change of the credentials with the rights of the writer. */
function stateOfCredentials(role: DatabaseRole): string[] {
  return [
    `REVOKE UPDATE, DELETE ON credential_state FROM ${role}`,
    `GRANT UPDATE (changed_in, changed_on) ON credential_state TO ${role}`,
  ];
}

function shared(role: DatabaseRole): string[] {
  return [
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
    `REVOKE INSERT, UPDATE, DELETE ON migrations FROM ${role}`,
    `GRANT USAGE ON SEQUENCE audit_event_id_seq TO ${role}`,
  ];
}

/**
 * Up to PostgreSQL 14, every role may create functions in the schema `public`. Triggers resolve
 * names there, so such a function could run with the rights of another role. Only the owner of the
 * schema can take the privilege away; for another role that may use it the statement is a warning.
 */
const CLOSE_SCHEMA = 'REVOKE CREATE ON SCHEMA public FROM PUBLIC';

/** The sequences of the columns of tables, such as those of `@PrimaryGeneratedColumn()`. */
const SEQUENCES = `
  SELECT objid::regclass::text AS name
    FROM pg_depend JOIN pg_class ON pg_class.oid = refobjid
   WHERE classid = 'pg_class'::regclass AND deptype = 'a' AND relname = ANY ($1)
     AND relnamespace = 'public'::regnamespace AND objid IN (SELECT seqrelid FROM pg_sequence)`;

/**
 * Gives its privileges to each of the roles that exists on the server.
 *
 * @param tables those of the features: they belong to the API.
 * @throws {MigrationError} when the database lacks one of the tables.
 */
export async function grantPrivileges(
  dataSource: DataSource,
  tables: readonly string[] = FEATURE_TABLES,
): Promise<void> {
  await refuseMissingTables(dataSource, tables);
  const found = await dataSource.query<{ rolname: DatabaseRole }[]>(
    'SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)',
    [Object.keys(DATABASE_GRANTS)],
  );
  const sequences = await dataSource.query<{ name: string }[]>(SEQUENCES, [tables]);
  const ofFeatures: Record<DatabaseRole, string[]> = {
    gatehouse_auth: tables.map((table) => `REVOKE ALL ON "${table}" FROM gatehouse_auth`),
    gatehouse_api: sequences.map(({ name }) => `GRANT USAGE ON SEQUENCE ${name} TO gatehouse_api`),
  };
  await dataSource.transaction(async (manager) => {
    // Without the roles, no process has fewer rights than the owner.
    if (found.length > 0) await manager.query(CLOSE_SCHEMA);
    for (const { rolname } of found) {
      // The table-wide statements come first.
      const statements = [...DATABASE_GRANTS[rolname], ...ofFeatures[rolname]];
      for (const statement of statements) await manager.query(statement);
    }
  });
}

async function refuseMissingTables(
  dataSource: DataSource,
  tables: readonly string[],
): Promise<void> {
  const missing = await dataSource.query<{ name: string }[]>(
    `SELECT name FROM unnest($1::text[]) AS name
      WHERE to_regclass('public.' || quote_ident(name)) IS NULL`,
    [tables],
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new MigrationError(
    `no migration creates the tables that features declare: ${names}. ` +
      'List the migration in the declaration of the feature',
  );
}
