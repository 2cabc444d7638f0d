import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of Better-Auth's second factor and passkeys. Two unique keys are additional. A user
 * has one second factor, also with parallel enrolments. A credential id belongs to one user, so
 * that another user cannot register it.
 */
export class CreateSecondFactorTables1795423000000 implements MigrationInterface {
  readonly name = 'CreateSecondFactorTables1795423000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "passkey", "two_factor"');
    await queryRunner.query('ALTER TABLE "user" DROP COLUMN "two_factor_enabled"');
  }
}

const UP = [
  'ALTER TABLE "user" ADD COLUMN "two_factor_enabled" boolean NOT NULL DEFAULT false',
  `CREATE TABLE "two_factor" (
    "id" text NOT NULL,
    "user_id" text NOT NULL,
    "secret" text NOT NULL,
    "backup_codes" text NOT NULL,
    "verified" boolean NOT NULL DEFAULT false,
    "failed_verification_count" integer NOT NULL DEFAULT 0,
    "locked_until" timestamptz(3),
    CONSTRAINT "two_factor_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "two_factor_user_id_key" UNIQUE ("user_id"),
    CONSTRAINT "two_factor_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE
  )`,
  'CREATE INDEX "two_factor_secret_idx" ON "two_factor" ("secret")',
  `CREATE TABLE "passkey" (
    "id" text NOT NULL,
    "user_id" text NOT NULL,
    "name" text,
    "public_key" text NOT NULL,
    "credential_id" text NOT NULL,
    "counter" integer NOT NULL,
    "device_type" text NOT NULL,
    "backed_up" boolean NOT NULL,
    "transports" text,
    "aaguid" text,
    "created_at" timestamptz(3) DEFAULT now(),
    CONSTRAINT "passkey_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "passkey_credential_id_key" UNIQUE ("credential_id"),
    CONSTRAINT "passkey_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE
  )`,
  'CREATE INDEX "passkey_user_id_idx" ON "passkey" ("user_id")',
];
