import type { EntityManager } from 'typeorm';
import type { Passkey, SecondFactor } from './second-factor.schemas';
import { PasskeyEntity } from '../../database/entities/passkey.entity';
import { UserEntity } from '../../database/entities/user.entity';
import { listProofs } from '../user-proofs';

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
  const devices = await listProofs(manager, { userId, kind: 'trusted_device' });
  const trustedDevices = devices.map(({ createdAt, expiresAt }) => ({
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }));
  return { enabled, trustedDevices };
}
