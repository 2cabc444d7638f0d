import type { DataSource } from 'typeorm';
import type { FeatureParts } from './feature-check';
import { INSTALLED_FEATURES } from '../../contract';
import { toFeatureApi } from '../common/feature-api';
import { StartError } from '../../runtime/start-error';

/** The foreign keys of tables to users, whatever their columns are called. */
const REFERENCES = `
  SELECT referring.relname AS "table", key.conname AS name, key.confdeltype IN ('c', 'n') AS ends
    FROM pg_constraint key JOIN pg_class referring ON referring.oid = key.conrelid
   WHERE key.contype = 'f' AND key.confrelid = to_regclass('"user"') AND referring.relname = ANY ($1)
   ORDER BY 1, 2`;

interface Reference {
  table: string;
  name: string;
  /** With the user: the row is deleted, or no longer refers to the user. */
  ends: boolean;
}

/** @throws {StartError} as {@link findReferenceFaults} */
export async function checkReferences(dataSource: DataSource): Promise<void> {
  const faults: string[] = [];
  for (const feature of INSTALLED_FEATURES) {
    const api = toFeatureApi(feature);
    if (api) faults.push(...(await findReferenceFaults({ feature, api, dataSource })));
  }
  if (faults.length > 0) throw new StartError(`Features with faults: ${faults.join('; ')}.`);
}

/** @returns a sentence for each table that refers to users and is not exported, or keeps its rows. */
export async function findReferenceFaults({
  feature: { name, tables = [], userColumns = {} },
  api: { exportUser },
  dataSource,
}: FeatureParts): Promise<string[]> {
  if (tables.length === 0) return [];
  const references = await dataSource.query<Reference[]>(REFERENCES, [tables]);
  const referring = references.map(({ table }) => table);
  const declared = Object.keys(userColumns).map((column) => column.split('.', 1)[0]!);
  const unexported = exportUser ? [] : [...new Set([...referring, ...declared])];
  return [
    ...unexported.map((table) => `${name}: ${table} refers to users, and exportUser is missing`),
    ...references.flatMap((reference) =>
      reference.ends
        ? []
        : [`${name}: the foreign key ${reference.name} needs ON DELETE CASCADE or SET NULL`],
    ),
  ];
}
