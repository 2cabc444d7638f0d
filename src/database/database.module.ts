import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AccountEntity } from './entities/account.entity';
import { AuditEventEntity } from './entities/audit-event.entity';
import { InstallationSecret } from './installation-secret';
import { Jobs } from './jobs';
import { PreparedStatements } from './prepared-statements';
import { INTERNAL_SECRET, internalSecretProvider } from './internal-secret';
import { JwksEntity } from './entities/jwks.entity';
import { OAUTH_ENTITIES } from './entities/oauth.entities';
import { PasskeyEntity } from './entities/passkey.entity';
import { SessionEntity } from './entities/session.entity';
import { TwoFactorEntity } from './entities/two-factor.entity';
import { UserEntity } from './entities/user.entity';
import { VerificationEntity } from './entities/verification.entity';
import { Cursors } from '../common/pagination/cursor';
import { DatabasePool } from '../../runtime/database/database-pool';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';
import { checkDatabase } from '../../runtime/database/database-check';

/** The API's connections, and what all replicas share by them. It never changes the schema: migrations do. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [API_SETTINGS],
      useFactory: (settings: ApiSettings) => ({
        type: 'postgres',
        driver: { Pool: DatabasePool },
        url: settings.databaseUrl,
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
        synchronize: false,
        // A start without database fails at once, and readably; the orchestrator repeats it.
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
export class DatabaseModule implements OnModuleInit {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws {StartError} as {@link checkDatabase} */
  onModuleInit(): Promise<void> {
    return checkDatabase((sql) => this.dataSource.query<unknown[]>(sql));
  }
}
