import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of Better-Auth's OAuth provider 1.7: clients, the resources that tokens are
 * for, refresh tokens, opaque access tokens, consents and client assertions.
 */
export class CreateOAuthTables1795425000000 implements MigrationInterface {
  readonly name = 'CreateOAuthTables1795425000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE "oauth_client_assertion", "oauth_consent", "oauth_access_token", "oauth_refresh_token", "oauth_client_resource", "oauth_resource", "oauth_client"',
    );
  }
}

const UP = [
  `CREATE TABLE "oauth_client" (
    "id" text NOT NULL,
    "client_id" text NOT NULL,
    "client_secret" text,
    "client_discovery_id" text,
    "disabled" boolean NOT NULL DEFAULT false,
    "skip_consent" boolean,
    "enable_end_session" boolean,
    "subject_type" text,
    "scopes" jsonb,
    "client_credentials_scopes" jsonb,
    "user_id" text,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "updated_at" timestamptz(3),
    "name" text,
    "uri" text,
    "icon" text,
    "contacts" jsonb,
    "tos" text,
    "policy" text,
    "software_id" text,
    "software_version" text,
    "software_statement" text,
    "redirect_uris" jsonb NOT NULL,
    "post_logout_redirect_uris" jsonb,
    "backchannel_logout_uri" text,
    "backchannel_logout_session_required" boolean,
    "token_endpoint_auth_method" text,
    "application_type" text,
    "jwks" text,
    "jwks_uri" text,
    "grant_types" jsonb,
    "response_types" jsonb,
    "require_pkce" boolean,
    "dpop_bound_access_tokens" boolean DEFAULT false,
    "reference_id" text,
    "metadata" jsonb,
    CONSTRAINT "oauth_client_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "oauth_client_client_id_key" UNIQUE ("client_id"),
    CONSTRAINT "oauth_client_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE
  )`,
  `CREATE TABLE "oauth_resource" (
    "id" text NOT NULL,
    "identifier" text NOT NULL,
    "name" text NOT NULL,
    "access_token_ttl" integer,
    "refresh_token_ttl" integer,
    "signing_algorithm" text,
    "signing_key_id" text,
    "allowed_scopes" jsonb,
    "custom_claims" jsonb,
    "dpop_bound_access_tokens_required" boolean DEFAULT false,
    "disabled" boolean DEFAULT false,
    "created_at" timestamptz(3),
    "updated_at" timestamptz(3),
    "policy_version" integer,
    "metadata" jsonb,
    CONSTRAINT "oauth_resource_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "oauth_resource_identifier_key" UNIQUE ("identifier")
  )`,
  `CREATE TABLE "oauth_client_resource" (
    "id" text NOT NULL,
    "client_id" text NOT NULL,
    "resource_id" text NOT NULL,
    "metadata" jsonb,
    "created_at" timestamptz(3),
    CONSTRAINT "oauth_client_resource_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "oauth_client_resource_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE,
    CONSTRAINT "oauth_client_resource_resource_id_fkey" FOREIGN KEY ("resource_id") REFERENCES "oauth_resource" ("identifier") ON DELETE CASCADE
  )`,
  `CREATE TABLE "oauth_refresh_token" (
    "id" text NOT NULL,
    "token" text NOT NULL,
    "client_id" text NOT NULL,
    "session_id" text,
    "user_id" text NOT NULL,
    "reference_id" text,
    "authorization_code_id" text,
    "resources" jsonb,
    "requested_user_info_claims" jsonb,
    "expires_at" timestamptz(3) NOT NULL,
    "created_at" timestamptz(3) NOT NULL,
    "revoked" timestamptz(3),
    "rotated_at" timestamptz(3),
    "rotation_replay_response" text,
    "rotation_replay_expires_at" timestamptz(3),
    "auth_time" timestamptz(3),
    "confirmation" jsonb,
    "scopes" jsonb NOT NULL,
    CONSTRAINT "oauth_refresh_token_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "oauth_refresh_token_token_key" UNIQUE ("token"),
    CONSTRAINT "oauth_refresh_token_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE,
    CONSTRAINT "oauth_refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE SET NULL,
    CONSTRAINT "oauth_refresh_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE
  )`,
  `CREATE TABLE "oauth_access_token" (
    "id" text NOT NULL,
    "token" text NOT NULL,
    "client_id" text NOT NULL,
    "session_id" text,
    "user_id" text,
    "reference_id" text,
    "authorization_code_id" text,
    "resources" jsonb,
    "requested_user_info_claims" jsonb,
    "refresh_id" text,
    "expires_at" timestamptz(3) NOT NULL,
    "created_at" timestamptz(3) NOT NULL,
    "revoked" timestamptz(3),
    "confirmation" jsonb,
    "scopes" jsonb NOT NULL,
    CONSTRAINT "oauth_access_token_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "oauth_access_token_token_key" UNIQUE ("token"),
    CONSTRAINT "oauth_access_token_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE,
    CONSTRAINT "oauth_access_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE SET NULL,
    CONSTRAINT "oauth_access_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE,
    CONSTRAINT "oauth_access_token_refresh_id_fkey" FOREIGN KEY ("refresh_id") REFERENCES "oauth_refresh_token" ("id") ON DELETE CASCADE
  )`,
  `CREATE TABLE "oauth_consent" (
    "id" text NOT NULL,
    "client_id" text NOT NULL,
    "user_id" text,
    "reference_id" text,
    "resources" jsonb,
    "requested_user_info_claims" jsonb,
    "scopes" jsonb NOT NULL,
    "created_at" timestamptz(3) NOT NULL,
    "updated_at" timestamptz(3) NOT NULL,
    CONSTRAINT "oauth_consent_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "oauth_consent_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE,
    CONSTRAINT "oauth_consent_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE
  )`,
  `CREATE TABLE "oauth_client_assertion" (
    "id" text NOT NULL,
    "expires_at" timestamptz(3) NOT NULL,
    CONSTRAINT "oauth_client_assertion_pkey" PRIMARY KEY ("id")
  )`,
  'CREATE INDEX "oauth_client_user_id_idx" ON "oauth_client" ("user_id")',
  'CREATE UNIQUE INDEX "oauth_client_resource_client_id_resource_id_uidx" ON "oauth_client_resource" ("client_id", "resource_id")',
  'CREATE INDEX "oauth_client_resource_client_id_idx" ON "oauth_client_resource" ("client_id")',
  'CREATE INDEX "oauth_client_resource_resource_id_idx" ON "oauth_client_resource" ("resource_id")',
  'CREATE INDEX "oauth_refresh_token_client_id_idx" ON "oauth_refresh_token" ("client_id")',
  'CREATE INDEX "oauth_refresh_token_session_id_idx" ON "oauth_refresh_token" ("session_id")',
  'CREATE INDEX "oauth_refresh_token_user_id_idx" ON "oauth_refresh_token" ("user_id")',
  'CREATE INDEX "oauth_refresh_token_authorization_code_id_idx" ON "oauth_refresh_token" ("authorization_code_id")',
  'CREATE INDEX "oauth_access_token_client_id_idx" ON "oauth_access_token" ("client_id")',
  'CREATE INDEX "oauth_access_token_session_id_idx" ON "oauth_access_token" ("session_id")',
  'CREATE INDEX "oauth_access_token_user_id_idx" ON "oauth_access_token" ("user_id")',
  'CREATE INDEX "oauth_access_token_authorization_code_id_idx" ON "oauth_access_token" ("authorization_code_id")',
  'CREATE INDEX "oauth_access_token_refresh_id_idx" ON "oauth_access_token" ("refresh_id")',
  'CREATE INDEX "oauth_consent_client_id_idx" ON "oauth_consent" ("client_id")',
  'CREATE INDEX "oauth_consent_user_id_idx" ON "oauth_consent" ("user_id")',
];
