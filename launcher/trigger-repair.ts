import type { DataSource } from 'typeorm';

/**
 * Every trigger of the schema fires in every session. `pg_restore --disable-triggers` leaves
 * ordinary ones behind. A trigger that is enabled as ALWAYS is left alone, so that no lock is
 * taken without need.
 */
const ENABLE_TRIGGERS = `
  DO $$
  DECLARE found record;
  BEGIN
    FOR found IN
      SELECT trigger.tgname, class.oid::regclass AS relation
        FROM pg_trigger AS trigger
        JOIN pg_class AS class ON class.oid = trigger.tgrelid
        JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
       WHERE namespace.nspname = current_schema()
         AND NOT trigger.tgisinternal AND trigger.tgenabled <> 'A'
    LOOP
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', found.relation, found.tgname);
    END LOOP;
  END
  $$`;

/** Makes every trigger of the schema fire always. Its locks are waited for as those of migrations. */
export async function enableTriggers(dataSource: DataSource): Promise<void> {
  await dataSource.transaction((manager) => manager.query(ENABLE_TRIGGERS));
}
