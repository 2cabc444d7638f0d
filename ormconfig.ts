import { DataSource } from 'typeorm';
import { MIGRATIONS } from './launcher/migrations';
import { completeEnvironment } from './runtime/settings/development';
import { loadSettings } from './runtime/settings/load';
import { listEntities } from './src/database/entities';

/**
 * What the TypeORM command line works on, from the built code: `typeorm -d dist/ormconfig.js`.
 * It goes past the pooler, like everything that changes the schema.
 */
export default new DataSource({
  type: 'postgres',
  url: loadSettings(completeEnvironment(), 'migrate').databaseDirectUrl,
  entities: listEntities(),
  migrations: MIGRATIONS,
});
