import { type DataSource, type EntityMetadata, getMetadataArgsStorage } from 'typeorm';
import { listEntities } from './entities';
import { UserEntity } from './entities/user.entity';
import { type FeatureDeclaration, INSTALLED_FEATURES } from '../../contract';
import { type FeatureApi, toFeatureApi } from '../common/feature-api';
import { StartError } from '../../runtime/start-error';
import { findUnlistedMigrations } from '../../runtime/unlisted-migrations';

/** A feature and the part of it that only the API loads. */
export interface FeatureParts {
  feature: Pick<FeatureDeclaration, 'name' | 'tables' | 'userColumns'>;
  api: Pick<FeatureApi, 'entities' | 'exportUser'>;
  dataSource: DataSource;
}

/**
 * Runs before TypeORM reads the entities: a relation to an entity that is not listed ends that with
 * an error which does not name the list.
 *
 * @throws {StartError} as {@link findUnlistedEntities} and {@link findUnlistedMigrations}
 */
export function checkEntities(): void {
  refuse([...findUnlistedEntities(), ...findUnlistedMigrations()]);
}

/** @throws {StartError} as {@link findFeatureFaults} */
export function checkFeatures(dataSource: DataSource): void {
  const faults = INSTALLED_FEATURES.flatMap((feature) => {
    const api = toFeatureApi(feature);
    return api ? findFeatureFaults({ feature, api, dataSource }) : [];
  });
  refuse(faults);
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new StartError(`Features with faults: ${faults.join('; ')}.`);
}

/**
 * @returns a sentence for each class with `@Entity()` that code loads and no list contains. Without
 *   it, the first request that uses the entity would fail.
 */
export function findUnlistedEntities(listed: readonly unknown[] = listEntities()): string[] {
  return getMetadataArgsStorage()
    .tables.flatMap(({ target }) => (typeof target === 'function' ? [target] : []))
    .filter((entity) => !listed.includes(entity))
    .map(({ name }) => `${name} is missing in \`entities\` of the \`….api.ts\` of its feature`);
}

/**
 * @returns the contradictions in a feature: data about users that is not exported, or stays after
 *   the user is deleted; tables of entities that the declaration does not list.
 */
export function findFeatureFaults({ feature, api, dataSource }: FeatureParts): string[] {
  const { name, tables: declared = [] } = feature;
  const { entities = [], exportUser } = api;
  return entities
    .map((entity) => dataSource.getMetadata(entity))
    .flatMap((table) => [
      ...(declared.includes(table.tableName)
        ? []
        : [`${name}: \`tables\` of the declaration lacks ${table.tableName}`]),
      ...(isAboutUsers(table) ? faultsOfPersonalData(table, { name, exportUser }) : []),
    ]);
}

function faultsOfPersonalData(
  table: EntityMetadata,
  { name, exportUser }: { name: string; exportUser: FeatureApi['exportUser'] },
): string[] {
  const { tableName } = table;
  return [
    ...(exportUser
      ? []
      : [`${name}: ${tableName} stores data about users, and exportUser is missing`]),
    ...(endsWithUser(table)
      ? []
      : [`${name}: ${tableName} needs a relation to the user with onDelete`]),
  ];
}

function isAboutUsers({ columns, relations }: EntityMetadata): boolean {
  return (
    columns.some(({ databaseName }) => /(^|_)user_id$/.test(databaseName)) ||
    relations.some(({ type }) => type === UserEntity)
  );
}

function endsWithUser({ relations }: EntityMetadata): boolean {
  const toUser = relations.filter(({ type }) => type === UserEntity);
  return (
    toUser.length > 0 &&
    toUser.every(({ onDelete }) => onDelete === 'CASCADE' || onDelete === 'SET NULL')
  );
}
