import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Proofs are rows of `verification`, which has no foreign key: the owner is a value like others. The
 * deletion of a user deletes the proofs, for every writer. A link to set a password or a trusted
 * device that is created meanwhile waits for the deletion and is not stored; before, it stayed behind
 * with the id of the user. A sign-in that waits for its second step can stay for its few minutes.
 */
export class DeleteProofsWithUsers1795807000000 implements MigrationInterface {
  readonly name = 'DeleteProofsWithUsers1795807000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const [{ schema }] = (await queryRunner.query(
      'SELECT quote_ident(current_schema()) AS schema',
    )) as [{ schema: string }];
    for (const statement of UP) {
      await queryRunner.query(statement.replaceAll('$SCHEMA', schema));
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const LANGUAGE = 'LANGUAGE plpgsql SET search_path = pg_catalog, $SCHEMA, pg_temp';

/** Also of a user who was deleted before: no row is stored, as if the deletion came later. */
const KEEP_OWNED = `
  CREATE FUNCTION "gatehouse_keep_owned_proof"() RETURNS trigger ${LANGUAGE} AS $$
  BEGIN
    PERFORM FROM "user" WHERE id = NEW.value FOR KEY SHARE;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    RETURN NEW;
  END $$`;

/** Through the view, on which both processes have rights. */
const DELETE_PROOFS = `
  CREATE FUNCTION "gatehouse_delete_proofs"() RETURNS trigger
  ${LANGUAGE} SET enable_seqscan = off SET jit = off AS $$
  BEGIN
    DELETE FROM user_proof WHERE user_id = OLD.id;
    RETURN NULL;
  END $$`;

const UP = [
  KEEP_OWNED,
  // Before the trigger "verification_proof_begins": triggers run in the order of their names.
  `CREATE TRIGGER "verification_has_owner" BEFORE INSERT ON "verification" FOR EACH ROW
     WHEN (starts_with(NEW.identifier, 'reset-password:')
           OR starts_with(NEW.identifier, 'trust-device-'))
     EXECUTE FUNCTION "gatehouse_keep_owned_proof"()`,
  'ALTER TABLE "verification" ENABLE ALWAYS TRIGGER "verification_has_owner"',
  DELETE_PROOFS,
  `CREATE TRIGGER "user_deletion_deletes_proofs" AFTER DELETE ON "user" FOR EACH ROW
     EXECUTE FUNCTION "gatehouse_delete_proofs"()`,
  'ALTER TABLE "user" ENABLE ALWAYS TRIGGER "user_deletion_deletes_proofs"',
];

const DOWN = [
  'DROP TRIGGER "user_deletion_deletes_proofs" ON "user"',
  'DROP FUNCTION "gatehouse_delete_proofs"()',
  'DROP TRIGGER "verification_has_owner" ON "verification"',
  'DROP FUNCTION "gatehouse_keep_owned_proof"()',
];
