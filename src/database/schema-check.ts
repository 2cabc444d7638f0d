import type { DataSource } from 'typeorm';
import { StartError } from '../../runtime/start-error';

const FIND_MISSING = `
  SELECT needed."table" || '.' || needed."column" AS name
    FROM unnest($1::text[], $2::text[]) AS needed ("table", "column")
   WHERE NOT EXISTS (
           SELECT FROM pg_attribute
            WHERE attrelid = to_regclass(quote_ident(needed."table"))
              AND attname = needed."column" AND NOT attisdropped)
   ORDER BY name`;

/**
 * Compares the entities with the tables. Columns that no entity has are left alone: the database
 * may be migrated for a newer version.
 *
 * @throws {StartError} when a column is missing: a migration has not run, or has not been written.
 */
export async function checkSchema(dataSource: DataSource): Promise<void> {
  const needed = dataSource.entityMetadatas.flatMap(({ tableName, columns }) =>
    columns.map(({ databaseName }) => [tableName, databaseName] as const),
  );
  const missing = await dataSource.query<{ name: string }[]>(FIND_MISSING, [
    needed.map(([table]) => table),
    needed.map(([, column]) => column),
  ]);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new StartError(
    `The database schema is not up to date: run \`npm run migrate\`, or after a change of an entity first \`npm run migrate:generate\`. Missing: ${names}.`,
  );
}
