import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Streams of OpenID Shared Signals and what is delivered over them (docs/decisions/0012-shared-signals.md).
 * A client has at most four streams: `slot` makes that a constraint.
 */
export class CreateEventStreams1795470000000 implements MigrationInterface {
  readonly name = 'CreateEventStreams1795470000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "event_delivery", "event_stream"');
  }
}

/** `source` and `position` are a place in the access events; `page` and `page_after` lie in a page that was begun. */
const UP = [
  `CREATE TABLE "event_stream" (
    "id" text NOT NULL,
    "client_id" text NOT NULL,
    "slot" smallint NOT NULL,
    "description" text,
    "events_requested" text[],
    "method" text NOT NULL,
    "endpoint_url" text,
    "authorization" text,
    "status" text NOT NULL DEFAULT 'enabled',
    "status_reason" text,
    "excluded_subjects" text[] NOT NULL DEFAULT '{}',
    "source" text NOT NULL,
    "position" text NOT NULL,
    "page" text,
    "page_after" bigint NOT NULL DEFAULT 0,
    "failures" integer NOT NULL DEFAULT 0,
    "retry_at" timestamptz(3),
    "verified_at" timestamptz(3),
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    "updated_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "event_stream_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "event_stream_client_id_slot_key" UNIQUE ("client_id", "slot"),
    CONSTRAINT "event_stream_slot_check" CHECK ("slot" BETWEEN 1 AND 4),
    CONSTRAINT "event_stream_method_check" CHECK ("method" = 'poll' OR ("method" = 'push' AND "endpoint_url" IS NOT NULL)),
    CONSTRAINT "event_stream_status_check" CHECK ("status" IN ('enabled', 'paused', 'disabled')),
    CONSTRAINT "event_stream_excluded_subjects_check" CHECK (cardinality("excluded_subjects") <= 1000),
    CONSTRAINT "event_stream_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "oauth_client" ("client_id") ON DELETE CASCADE
  )`,
  'CREATE INDEX "event_stream_created_at_idx" ON "event_stream" ("created_at", "id")',
  `CREATE TABLE "event_delivery" (
    "id" bigint GENERATED ALWAYS AS IDENTITY,
    "stream_id" text NOT NULL,
    "jti" uuid NOT NULL DEFAULT gen_random_uuid(),
    "txn" text NOT NULL,
    "subject" text NOT NULL,
    "event_type" text NOT NULL,
    "claims" jsonb NOT NULL,
    "created_at" timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    "state" text NOT NULL DEFAULT 'pending',
    "attempts" integer NOT NULL DEFAULT 0,
    "next_attempt_at" timestamptz(3) NOT NULL DEFAULT now(),
    "failing_since" timestamptz(3),
    "last_error" text,
    "finished_at" timestamptz(3),
    CONSTRAINT "event_delivery_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "event_delivery_jti_key" UNIQUE ("jti"),
    CONSTRAINT "event_delivery_state_check" CHECK ("state" IN ('pending', 'delivered', 'failed')),
    CONSTRAINT "event_delivery_last_error_check" CHECK (length("last_error") <= 500),
    CONSTRAINT "event_delivery_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "event_stream" ("id") ON DELETE CASCADE
  )`,
  'CREATE INDEX "event_delivery_stream_id_idx" ON "event_delivery" ("stream_id", "id")',
  `CREATE INDEX "event_delivery_pending_idx" ON "event_delivery" ("stream_id", "id") WHERE "state" = 'pending'`,
];
