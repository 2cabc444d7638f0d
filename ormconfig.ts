import { DataSource } from 'typeorm';
import { MIGRATIONS } from './launcher/migrations';
import { completeEnvironment } from './runtime/settings/development';
import { loadSettings } from './runtime/settings/load';
import { AccountEntity } from './src/database/account.entity';
import { JwksEntity } from './src/database/jwks.entity';
import { SessionEntity } from './src/database/session.entity';
import { UserEntity } from './src/database/user.entity';
import { VerificationEntity } from './src/database/verification.entity';

/**
 * What the TypeORM command line works on, from the built code: `typeorm -d dist/ormconfig.js`.
 * It goes past the pooler, like everything that changes the schema.
 */
export default new DataSource({
  type: 'postgres',
  url: loadSettings(completeEnvironment(), 'migrate').databaseDirectUrl,
  entities: [UserEntity, SessionEntity, AccountEntity, VerificationEntity, JwksEntity],
  migrations: MIGRATIONS,
});
