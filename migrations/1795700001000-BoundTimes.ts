import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Times that every reader accepts, for all writers: of the years 1 to 9999. RFC 3339 has no other
 * years. A driver returns `infinity` as a number. One such row, which only SQL can write, broke
 * each list that contained it. The end of a ban has a rule of its own
 * (KeepUsersReadable1795451000000).
 */
export class BoundTimes1795700001000 implements MigrationInterface {
  readonly name = 'BoundTimes1795700001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(TIMES)) {
      await queryRunner.query(repair(table, columns));
      await queryRunner.query(
        `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_times_check" CHECK (${bounds(columns)})`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of Object.keys(TIMES)) {
      await queryRunner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${table}_times_check"`);
    }
  }
}

const TIMES: Record<string, string[]> = {
  user: ['created_at', 'updated_at'],
  session: ['created_at', 'updated_at', 'expires_at'],
  account: ['created_at', 'updated_at', 'access_token_expires_at', 'refresh_token_expires_at'],
  verification: ['created_at', 'updated_at', 'expires_at'],
  passkey: ['created_at'],
  two_factor: ['locked_until'],
  jwks: ['created_at', 'expires_at'],
  oauth_client: ['created_at', 'updated_at'],
  oauth_client_resource: ['created_at'],
  oauth_consent: ['created_at', 'updated_at'],
  oauth_refresh_token: [
    'created_at',
    'expires_at',
    'revoked',
    'rotated_at',
    'rotation_replay_expires_at',
    'auth_time',
  ],
  oauth_access_token: ['created_at', 'expires_at', 'revoked'],
  oauth_grant: ['granted_at'],
  oauth_resource: ['created_at', 'updated_at'],
  event_stream: ['created_at', 'updated_at', 'retry_at', 'verified_at'],
  event_delivery: ['created_at', 'next_attempt_at', 'failing_since', 'finished_at'],
};

function bounds(columns: string[]): string {
  return columns
    .map(
      (column) => `"${column}" >= '0001-01-01 00:00:00Z' AND "${column}" < '10000-01-01 00:00:00Z'`,
    )
    .join(' AND ');
}

/** A time outside becomes the first or the last that is accepted. */
function repair(table: string, columns: string[]): string {
  const changes = columns.map(
    (column) =>
      `"${column}" = CASE WHEN "${column}" < '0001-01-01 00:00:00Z' THEN '0001-01-01 00:00:00Z'
         WHEN "${column}" >= '10000-01-01 00:00:00Z' THEN '9999-12-31 00:00:00Z'
         ELSE "${column}" END`,
  );
  return `UPDATE "${table}" SET ${changes.join(', ')} WHERE NOT (${bounds(columns)})`;
}
