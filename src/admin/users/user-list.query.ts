import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { ListUsers, UserOrder } from './users.schemas';
import type { CursorPosition } from '../../common/pagination/cursor';
import { UserEntity } from '../../database/entities/user.entity';

interface Order {
  column: 'createdAt' | 'email' | 'name';
  direction: 'ASC' | 'DESC';
}

/** Keyset pagination: a page starts behind the last row of the one before, whatever came in meanwhile. */
const ORDERS: Record<UserOrder, Order> = {
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

export interface PageOptions {
  order: UserOrder;
  /** The last row of the page before; `null`: there is none. */
  start: CursorPosition | null;
  limit: number;
}

/** Adds order, start and length of one page; one row more than asked for tells whether another follows. */
export function onePage(
  users: SelectQueryBuilder<UserEntity>,
  { order, start, limit }: PageOptions,
): SelectQueryBuilder<UserEntity> {
  const { column, direction } = ORDERS[order];
  if (start !== null) {
    const comparison = direction === 'ASC' ? '>' : '<';
    users.andWhere(`(user.${column}, user.id) ${comparison} (:value, :id)`, { ...start });
  }
  return users
    .orderBy(`user.${column}`, direction)
    .addOrderBy('user.id', direction)
    .limit(limit + 1);
}

/** Where a row stands in an order. Times have the milliseconds that their column has. */
export function keyOf(row: UserEntity, order: UserOrder): CursorPosition {
  const value = row[ORDERS[order].column];
  return { value: value instanceof Date ? value.toISOString() : value, id: row.id };
}
