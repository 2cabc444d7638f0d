import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALLED_FEATURES } from '../../../contract';

const FOLDER = join(__dirname, '../../../migrations');
/** `1795412400000-CreateAuthTables.ts`, or compiled: the name of a file costs less than its code. */
const MIGRATION = /^(\d{13})-(\w+)[.][tj]s$/;

/** By name, as TypeORM records them: those of Gatehouse, and those of the features. */
const NAMES = [
  ...readdirSync(FOLDER).flatMap((file) => {
    const match = MIGRATION.exec(file);
    return match ? [`${match[2]}${match[1]}`] : [];
  }),
  ...INSTALLED_FEATURES.flatMap(({ migrations = [] }) => migrations.map(({ name }) => name)),
];

/**
 * Most migrations change only triggers, which no column tells of. Migrations of a newer version or
 * of a removed feature do no harm.
 *
 * @param query runs a statement and returns its rows; the schema exists.
 * @returns the names of the migrations of this version that are not applied.
 */
export async function findPendingMigrations(
  query: (sql: string) => Promise<unknown[]>,
): Promise<string[]> {
  const rows = (await query('SELECT name FROM migrations')) as { name: string }[];
  const applied = new Set(rows.map(({ name }) => name));
  return NAMES.filter((name) => !applied.has(name));
}
