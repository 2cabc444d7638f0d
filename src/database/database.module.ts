import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CommittedWork } from './committed-work';
import { listEntities } from './entities';
import { checkEntities, checkFeatures } from './feature-check';
import { checkReferences } from './feature-references';
import { InstallationSecret } from './installation-secret';
import { Jobs } from './jobs';
import { PreparedStatements } from './prepared-statements';
import { INTERNAL_SECRET, internalSecretProvider } from './internal-secret';
import { RepeatingDataSource } from './repeating-data-source';
import { checkSchema } from './schema-check';
import { Cursors } from '../common/pagination/cursor';
import { DatabasePool } from '../../runtime/database/database-pool';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';
import { checkDatabase } from '../../runtime/database/check/database-check';

/**
 * The database connections of the API and the values that replicas share. Only migrations change
 * the schema.
 */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      dataSourceFactory: (options) => connect(new RepeatingDataSource(options!)),
      inject: [API_SETTINGS],
      useFactory: (settings: ApiSettings) => ({
        type: 'postgres',
        driver: { Pool: DatabasePool },
        url: settings.databaseUrl,
        entities: listEntities(),
        subscribers: [CommittedWork],
        synchronize: false,
        // Without a database the start fails at once with a clear error, and the orchestrator
        // starts the process again.
        retryAttempts: 0,
        extra: {
          max: settings.databasePoolMax,
          isDirect: settings.databaseUrl === settings.databaseDirectUrl,
        },
      }),
    }),
  ],
  providers: [
    InstallationSecret,
    Jobs,
    PreparedStatements,
    internalSecretProvider,
    {
      provide: Cursors,
      inject: [InstallationSecret],
      useFactory: (secret: InstallationSecret) => new Cursors(() => secret.deriveKey('cursor')),
    },
  ],
  exports: [InstallationSecret, INTERNAL_SECRET, PreparedStatements, Cursors, Jobs],
})
export class DatabaseModule {}

/**
 * Connects and checks, before another part of the API reads the database.
 *
 * @throws {StartError} as {@link checkEntities}, {@link checkFeatures}, {@link checkDatabase}, {@link checkSchema}
 *   and {@link checkReferences}
 */
async function connect(dataSource: DataSource): Promise<DataSource> {
  checkEntities();
  await dataSource.initialize();
  try {
    checkFeatures(dataSource);
    await checkDatabase((sql) => dataSource.query<unknown[]>(sql));
    await checkSchema(dataSource);
    await checkReferences(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
