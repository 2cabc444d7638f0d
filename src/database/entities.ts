import type { Type } from '@nestjs/common';
import { AccountEntity } from './entities/account.entity';
import { AuditEventEntity } from './entities/audit-event.entity';
import { JwksEntity } from './entities/jwks.entity';
import { OAUTH_ENTITIES } from './oauth.entities';
import { PasskeyEntity } from './entities/passkey.entity';
import { SessionEntity } from './entities/session.entity';
import { TwoFactorEntity } from './entities/two-factor.entity';
import { UserEntity } from './entities/user.entity';
import { VerificationEntity } from './entities/verification.entity';
import { listFeatureApis } from '../common/feature-api';

/** Every entity, of the API and of the TypeORM command line: those of Gatehouse, then those of the features. */
export function listEntities(): Type[] {
  return [
    UserEntity,
    SessionEntity,
    AccountEntity,
    VerificationEntity,
    JwksEntity,
    AuditEventEntity,
    PasskeyEntity,
    TwoFactorEntity,
    ...OAUTH_ENTITIES,
    ...listFeatureApis().flatMap(({ entities = [] }) => entities),
  ];
}
