import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of Better-Auth 1.7 with its jwt and admin plugins. Times have millisecond precision
 * like a JavaScript `Date`: a value that is read and sent back (a page cursor, an entity tag)
 * matches its row. E-mail addresses are stored in lower case, the only form that Better-Auth looks
 * up. The check applies to every writer, so that the unique key prevents duplicates in another
 * case.
 */
export class CreateAuthTables1795412400000 implements MigrationInterface {
  readonly name = 'CreateAuthTables1795412400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "jwks", "verification", "account", "session", "user"');
  }
}

const UP = [
  `CREATE TABLE "user" (
    "id" text NOT NULL,
    "name" text NOT NULL,
    "email" text NOT NULL,
    "email_verified" boolean NOT NULL DEFAULT false,
    "image" text,
    "role" text NOT NULL DEFAULT 'user',
    "banned" boolean NOT NULL DEFAULT false,
    "ban_reason" text,
    "ban_expires" timestamptz(3),
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "user_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "user_email_key" UNIQUE ("email"),
    CONSTRAINT "user_email_check" CHECK ("email" = lower("email")),
    CONSTRAINT "user_role_check" CHECK ("role" IN ('admin', 'user'))
  )`,
  `CREATE TABLE "session" (
    "id" text NOT NULL,
    "user_id" text NOT NULL,
    "token" text NOT NULL,
    "expires_at" timestamptz(3) NOT NULL,
    "ip_address" text,
    "user_agent" text,
    "impersonated_by" text,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "session_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "session_token_key" UNIQUE ("token"),
    CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE
  )`,
  'CREATE INDEX "session_user_id_idx" ON "session" ("user_id")',
  'CREATE INDEX "session_expires_at_idx" ON "session" ("expires_at")',
  `CREATE TABLE "account" (
    "id" text NOT NULL,
    "user_id" text NOT NULL,
    "account_id" text NOT NULL,
    "provider_id" text NOT NULL,
    "access_token" text,
    "refresh_token" text,
    "id_token" text,
    "access_token_expires_at" timestamptz(3),
    "refresh_token_expires_at" timestamptz(3),
    "scope" text,
    "password" text,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "account_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "account_provider_id_account_id_key" UNIQUE ("provider_id", "account_id"),
    CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE
  )`,
  'CREATE INDEX "account_user_id_idx" ON "account" ("user_id")',
  `CREATE TABLE "verification" (
    "id" text NOT NULL,
    "identifier" text NOT NULL,
    "value" text NOT NULL,
    "expires_at" timestamptz(3) NOT NULL,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
  )`,
  'CREATE INDEX "verification_identifier_idx" ON "verification" ("identifier")',
  'CREATE INDEX "verification_expires_at_idx" ON "verification" ("expires_at")',
  `CREATE TABLE "jwks" (
    "id" text NOT NULL,
    "public_key" text NOT NULL,
    "private_key" text NOT NULL,
    "alg" text,
    "crv" text,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "expires_at" timestamptz(3),
    CONSTRAINT "jwks_pkey" PRIMARY KEY ("id")
  )`,
];
