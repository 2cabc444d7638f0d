import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { ListUsers, UserOrder } from './admin-users.schemas';
import { type Cursor, parseCursor } from '../common/cursor';
import { UserEntity } from '../database/user.entity';

/** Keyset pagination: a page starts behind the last row of the one before, whatever came in meanwhile. */
const ORDERS: Record<
  UserOrder,
  { column: 'createdAt' | 'email' | 'name'; direction: 'ASC' | 'DESC' }
> = {
  createdAt: { column: 'createdAt', direction: 'ASC' },
  '-createdAt': { column: 'createdAt', direction: 'DESC' },
  email: { column: 'email', direction: 'ASC' },
  name: { column: 'name', direction: 'ASC' },
};

/** Users that match the filters, in no order. */
export function matchingUsers(manager: EntityManager, query: ListUsers) {
  const users = manager.createQueryBuilder(UserEntity, 'user');
  const { search, role, banned, emailVerified } = query;
  if (search !== undefined) {
    users.andWhere('(user.email ILIKE :pattern OR user.name ILIKE :pattern)', {
      pattern: `%${search.replace(/[\\%_]/g, '\\$&')}%`,
    });
  }
  if (role !== undefined) users.andWhere('user.role = :role', { role });
  if (emailVerified !== undefined)
    users.andWhere('user.emailVerified = :emailVerified', { emailVerified });
  if (banned !== undefined) {
    const inForce = 'user.banned AND (user.banExpires IS NULL OR user.banExpires > now())';
    users.andWhere(banned ? `(${inForce})` : `NOT (${inForce})`);
  }
  return users;
}

/** Adds order, start and length of one page; one row more than asked for tells whether another follows. */
export function onePage(users: SelectQueryBuilder<UserEntity>, query: ListUsers) {
  const { column, direction } = ORDERS[query.sort];
  if (query.cursor !== undefined) {
    const { value, id } = parseCursor(query.cursor, query.sort);
    users.andWhere(`(user.${column}, user.id) ${direction === 'ASC' ? '>' : '<'} (:value, :id)`, {
      value,
      id,
    });
  }
  return users
    .orderBy(`user.${column}`, direction)
    .addOrderBy('user.id', direction)
    .limit(query.limit + 1);
}

export function cursorBehind(row: UserEntity, order: UserOrder): Cursor {
  const value = row[ORDERS[order].column];
  return { order, value: value instanceof Date ? value.toISOString() : value, id: row.id };
}
