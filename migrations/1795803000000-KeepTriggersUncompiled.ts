import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * PostgreSQL 14 to 17 add 10,000,000,000 to the cost of a plan that uses a method which is switched
 * off. The functions that switch off nested loops still need one for a `VALUES` list, and so the
 * plan of a change of one row was compiled (`jit`), again for each statement: a ban took 0.3 s.
 * The plans of triggers are short, so none of these functions compiles one.
 */
export class KeepTriggersUncompiled1795803000000 implements MigrationInterface {
  readonly name = 'KeepTriggersUncompiled1795803000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await forEachRestricted(queryRunner, 'SET jit = off');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await forEachRestricted(queryRunner, 'RESET jit');
  }
}

async function forEachRestricted(queryRunner: QueryRunner, change: string): Promise<void> {
  const functions = (await queryRunner.query(FIND_RESTRICTED)) as { signature: string }[];
  for (const { signature } of functions) {
    await queryRunner.query(`ALTER FUNCTION ${signature} ${change}`);
  }
}

/** The functions of Gatehouse that switch off a method of plans. */
const FIND_RESTRICTED = `
  SELECT oid::regprocedure::text AS signature FROM pg_proc
   WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'gatehouse\\_%'
     AND proconfig && ARRAY['enable_nestloop=off', 'enable_seqscan=off']
   ORDER BY 1`;
