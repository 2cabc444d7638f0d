import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { z } from 'zod';
import type { ListUsers, UserOrder } from './admin-users.schemas';
import { type Cursor, parseCursor } from '../common/cursor';
import { UserEntity } from '../database/user.entity';

/** Keyset pagination: a page starts behind the last row of the one before, whatever came in meanwhile. */
const ORDERS: Record<UserOrder, Order> = {
  createdAt: { column: 'createdAt', direction: 'ASC', isKey: isTime },
  '-createdAt': { column: 'createdAt', direction: 'DESC', isKey: isTime },
  email: { column: 'email', direction: 'ASC' },
  name: { column: 'name', direction: 'ASC' },
};

interface Order {
  column: 'createdAt' | 'email' | 'name';
  direction: 'ASC' | 'DESC';
  /** Whether a value that a caller sent back can be one of the column. */
  isKey?: (value: string) => boolean;
}

function isTime(value: string): boolean {
  // There is no year 0 in PostgreSQL.
  return z.iso.datetime({ precision: 3 }).safeParse(value).success && !value.startsWith('0000');
}

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
  const { column, direction, isKey } = ORDERS[query.sort];
  if (query.cursor !== undefined) {
    const { value, id } = parseCursor(query.cursor, { order: query.sort, isKey });
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
