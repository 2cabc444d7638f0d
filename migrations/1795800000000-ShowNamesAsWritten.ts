import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Texts that people read contain no control characters, and no characters that change the
 * direction of the text beside them, for all writers (runtime/plain-text.ts). With U+202E a name
 * shows other letters than it contains. Existing texts lose these characters. PostgreSQL has
 * these characters only in a database with UTF-8.
 */
export class ShowNamesAsWritten1795800000000 implements MigrationInterface {
  readonly name = 'ShowNamesAsWritten1795800000000';
  /** Each statement commits alone: the exclusive lock ends before the rows of a table are read. */
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(TEXTS)) {
      await queryRunner.query(
        `ALTER TABLE "${table}" DROP CONSTRAINT IF EXISTS "${table}_texts_check",
           ADD CONSTRAINT "${table}_texts_check"
           CHECK (${plain(columns)}) NOT VALID`,
      );
      await queryRunner.query(repair(table, columns));
      await queryRunner.query(`ALTER TABLE "${table}" VALIDATE CONSTRAINT "${table}_texts_check"`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of Object.keys(TEXTS)) {
      await queryRunner.query(
        `ALTER TABLE "${table}" DROP CONSTRAINT IF EXISTS "${table}_texts_check"`,
      );
    }
  }
}

const TEXTS: Record<string, string[]> = {
  user: ['name', 'ban_reason'],
  passkey: ['name'],
  oauth_client: ['name'],
  oauth_resource: ['name'],
  oauth_resource_scope: ['description'],
  event_stream: ['description'],
};

/** General category Cc, and Bidi_Control. */
const HIDDEN = String.raw`[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`;

function plain(columns: string[]): string {
  const rules = columns.map((column) => `coalesce("${column}" !~ '${HIDDEN}', true)`);
  return `getdatabaseencoding() <> 'UTF8' OR (${rules.join(' AND ')})`;
}

function repair(table: string, columns: string[]): string {
  const changes = columns.map(
    (column) => `"${column}" = regexp_replace("${column}", '${HIDDEN}', '', 'g')`,
  );
  return `UPDATE "${table}" SET ${changes.join(', ')} WHERE NOT (${plain(columns)})`;
}
