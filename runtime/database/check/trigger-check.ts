/** Runs a statement and returns its rows. */
export type RunStatement = (sql: string, values: unknown[]) => Promise<readonly unknown[]>;

const FIND_TRIGGERS = `
  SELECT format('%s of %s', trigger.tgname, class.relname) AS trigger
    FROM pg_trigger AS trigger
    JOIN pg_class AS class ON class.oid = trigger.tgrelid
    JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
   WHERE namespace.nspname = current_schema()
     AND NOT trigger.tgisinternal AND trigger.tgenabled <> 'A'
   ORDER BY 1`;

/**
 * @returns triggers that do not fire in every session, like `jwks_changed of jwks`. A restore with
 *   `pg_restore --disable-triggers` leaves such triggers behind.
 */
export async function findWeakTriggers(run: RunStatement): Promise<string[]> {
  const rows = (await run(FIND_TRIGGERS, [])) as { trigger: string }[];
  return rows.map(({ trigger }) => trigger);
}
