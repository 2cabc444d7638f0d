import type { EntityManager } from 'typeorm';
import { LOCKS } from '../../contract';
import { Problem } from '../common/problems/problem';
import { UserEntity } from '../database/entities/user.entity';

/** Changes that could take the last administrator away run one after another, until the transaction ends. */
export async function lockAdministrators(manager: EntityManager): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.administrators]);
}

/**
 * To be called, under the lock, before an administrator stops being one in force.
 *
 * @throws {Problem} `last_admin` when the row is the only administrator in force.
 */
export async function assertOtherAdministrator(
  row: UserEntity,
  manager: EntityManager,
): Promise<void> {
  if (row.role !== 'admin') return;
  const others = await manager
    .createQueryBuilder(UserEntity, 'user')
    .where('user.role = :admin AND user.id <> :id', { admin: 'admin', id: row.id })
    .andWhere('NOT (user.banned AND (user.banExpires IS NULL OR user.banExpires > now()))')
    .getCount();
  if (others === 0) throw new Problem('last_admin');
}
