import type { User } from './user.schemas';
import { isBanInForce } from '../../contract';
import type { UserEntity } from '../database/entities/user.entity';

/** What of a row is shown. */
export type ProfileColumns = Omit<UserEntity, 'twoFactorEnabled' | 'basis'>;

/**
 * The response shape of a user. A ban after its end counts as no ban: the auth server clears such
 * a row at the next sign-in, which may not happen.
 */
export function toUser(row: ProfileColumns, now = new Date()): User {
  const banned = isBanInForce(row, now.getTime());
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.emailVerified,
    name: row.name,
    image: row.image,
    role: row.role,
    banned,
    banReason: banned ? row.banReason : null,
    banExpires: banned && row.banExpires ? row.banExpires.toISOString() : null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
