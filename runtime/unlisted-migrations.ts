import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALLED_FEATURES } from '../contract';

const FEATURES = join(__dirname, '../features');
/** `1795466001000-CreateNotes`, as source or compiled. */
const MIGRATION = /^(\d{13})-\w+(?=[.](ts|js)$)/;

/**
 * @returns a sentence for each migration in the folder of a feature that its declaration does not
 *   list: no command applies it.
 */
export function findUnlistedMigrations(
  features: typeof INSTALLED_FEATURES = INSTALLED_FEATURES,
  folder = FEATURES,
): string[] {
  return features.flatMap(({ name, migrations = [] }) => {
    const listed = migrations.map((migration) => migration.name.slice(-13));
    return listFiles(join(folder, name, 'migrations'))
      .map((file) => MIGRATION.exec(file))
      .filter((match) => match !== null && !listed.includes(match[1]!))
      .map(
        (match) =>
          `features/${name}/migrations/${match![0]}.ts is missing in \`migrations\` of features/${name}/${name}.feature.ts`,
      );
  });
}

function listFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
