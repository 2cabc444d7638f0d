import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Values of a user that every reader accepts, for all writers. A ban until `infinity`, or until
 * a year of more than four digits, has no RFC 3339 time and is stored as a ban without an end; a
 * ban that ended before 1970 is stored as one that ended then. Names are stored in NFC, so that
 * texts that look the same are the same. PostgreSQL normalizes only in a database with UTF-8.
 */
export class KeepUsersReadable1795451000000 implements MigrationInterface {
  readonly name = 'KeepUsersReadable1795451000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const READABLE = `
  CREATE FUNCTION "gatehouse_readable_user"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NEW.ban_expires >= timestamptz '10000-01-01 00:00:00Z' THEN
      NEW.ban_expires := NULL;
    ELSIF NEW.ban_expires < timestamptz 'epoch' THEN
      NEW.ban_expires := timestamptz 'epoch';
    END IF;
    IF getdatabaseencoding() = 'UTF8' THEN
      NEW.name := normalize(NEW.name, NFC);
    END IF;
    RETURN NEW;
  END $$`;

const UP = [
  READABLE,
  `CREATE TRIGGER "user_readable" BEFORE INSERT OR UPDATE OF name, ban_expires ON "user"
     FOR EACH ROW EXECUTE FUNCTION "gatehouse_readable_user"()`,
  'ALTER TABLE "user" ENABLE ALWAYS TRIGGER "user_readable"',
  `UPDATE "user" SET name = name
    WHERE ban_expires >= '10000-01-01 00:00:00Z' OR ban_expires < 'epoch' OR name ~ '[^[:ascii:]]'`,
];

const DOWN = [
  'DROP TRIGGER "user_readable" ON "user"',
  'DROP FUNCTION "gatehouse_readable_user"()',
];
