import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Counters of the limits that the auth servers share without Redis, in the schema of
 * `rate-limiter-flexible`. `expire` is in milliseconds since 1970. The table is unlogged: losing
 * the counters in a crash costs less than logging them.
 */
export class CreateRateLimits1795424010000 implements MigrationInterface {
  readonly name = 'CreateRateLimits1795424010000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE UNLOGGED TABLE "rate_limit" (
        "key" varchar(255) NOT NULL,
        "points" integer NOT NULL DEFAULT 0,
        "expire" bigint,
        CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("key")
      )`);
    await queryRunner.query('CREATE INDEX "rate_limit_expire_idx" ON "rate_limit" ("expire")');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "rate_limit"');
  }
}
