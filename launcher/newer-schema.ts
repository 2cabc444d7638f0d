import { type DataSource, MigrationExecutor } from 'typeorm';

/**
 * Applied migrations that this version does not know and that were applied after all of its own: a
 * newer version has applied them. The order is that of the rows, because a migration of a release
 * can have an earlier time than one of the product. Those of a feature that was removed look the
 * same, if nothing was applied after them.
 */
export async function findNewerMigrations(
  dataSource: DataSource,
  known: readonly string[],
): Promise<string[]> {
  const applied = await new MigrationExecutor(dataSource).getExecutedMigrations();
  const names = new Set(known);
  const own = applied.filter(({ name }) => names.has(name)).map(({ id }) => id!);
  const newest = Math.max(...own);
  return applied.filter(({ name, id }) => !names.has(name) && id! > newest).map(({ name }) => name);
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
