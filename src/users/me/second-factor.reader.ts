import { type EntityManager, Like, MoreThan } from 'typeorm';
import type { Passkey, SecondFactor } from './second-factor.schemas';
import { PasskeyEntity } from '../../database/entities/passkey.entity';
import { UserEntity } from '../../database/entities/user.entity';
import { VerificationEntity } from '../../database/entities/verification.entity';

export async function listPasskeys(manager: EntityManager, userId: string): Promise<Passkey[]> {
  const rows = await manager.find(PasskeyEntity, {
    where: { userId },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  return rows.map(({ id, name, deviceType, backedUp, createdAt }) => ({
    id,
    name,
    deviceType,
    backedUp,
    createdAt: createdAt?.toISOString() ?? null,
  }));
}

export async function readSecondFactor(
  manager: EntityManager,
  userId: string,
): Promise<SecondFactor> {
  const enabled = await manager.existsBy(UserEntity, { id: userId, twoFactorEnabled: true });
  const devices = await manager.find(VerificationEntity, {
    where: {
      value: userId,
      identifier: Like('trust-device-%'),
      expiresAt: MoreThan(new Date()),
    },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  const trustedDevices = devices.map(({ createdAt, expiresAt }) => ({
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }));
  return { enabled, trustedDevices };
}
