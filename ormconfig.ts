import { DataSource } from 'typeorm';
import { MIGRATIONS } from './launcher/migrations';
import { completeEnvironment } from './runtime/settings/development';
import { loadSettings } from './runtime/settings/load';
import { AccountEntity } from './src/database/account.entity';
import { AuditEventEntity } from './src/database/audit-event.entity';
import { JwksEntity } from './src/database/jwks.entity';
import { OAUTH_ENTITIES } from './src/database/oauth.entities';
import { PasskeyEntity } from './src/database/passkey.entity';
import { SessionEntity } from './src/database/session.entity';
import { TwoFactorEntity } from './src/database/two-factor.entity';
import { UserEntity } from './src/database/user.entity';
import { VerificationEntity } from './src/database/verification.entity';

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
