import { DataSource } from 'typeorm';
import { MIGRATIONS } from './launcher/migrations';
import { completeEnvironment } from './runtime/settings/development';
import { loadSettings } from './runtime/settings/load';
import { AccountEntity } from './src/database/entities/account.entity';
import { AuditEventEntity } from './src/database/entities/audit-event.entity';
import { JwksEntity } from './src/database/entities/jwks.entity';
import { OAUTH_ENTITIES } from './src/database/entities/oauth.entities';
import { PasskeyEntity } from './src/database/entities/passkey.entity';
import { SessionEntity } from './src/database/entities/session.entity';
import { TwoFactorEntity } from './src/database/entities/two-factor.entity';
import { UserEntity } from './src/database/entities/user.entity';
import { VerificationEntity } from './src/database/entities/verification.entity';

/**
 * What the TypeORM command line works on, from the built code: `typeorm -d dist/ormconfig.js`.
 * It goes past the pooler, like everything that changes the schema.
 */
export default new DataSource({
  type: 'postgres',
  url: loadSettings(completeEnvironment(), 'migrate').databaseDirectUrl,
  entities: [
    UserEntity,
    SessionEntity,
    AccountEntity,
    VerificationEntity,
    JwksEntity,
    AuditEventEntity,
    PasskeyEntity,
    TwoFactorEntity,
    ...OAUTH_ENTITIES,
  ],
  migrations: MIGRATIONS,
});
