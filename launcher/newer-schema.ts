import { type DataSource, MigrationExecutor } from 'typeorm';

/**
 * Applied migrations that this version does not know and that are later than its own: a newer
 * version has applied them. Those of a feature that was removed look the same, if they are later
 * than every other migration.
 */
export async function findNewerMigrations(
  dataSource: DataSource,
  known: readonly string[],
): Promise<string[]> {
  const applied = await new MigrationExecutor(dataSource).getExecutedMigrations();
  const names = new Set(known);
  const newest = Math.max(...known.map(timestampOf));
  return applied
    .filter(({ name, timestamp }) => !names.has(name) && timestamp > newest)
    .map(({ name }) => name);
}

/** For an operator who runs an old version, or has removed a feature. */
export function describeNewer(names: string[]): string {
  return (
    `A newer version has applied ${names.join(', ')}: roles and privileges stay as they are. ` +
    'If the migrations belong to a feature that you removed, delete their rows of the table ' +
    'migrations and run `npm run migrate`.'
  );
}

/** The end of its name. */
export function timestampOf(migration: string): number {
  return Number(migration.slice(-13));
}
