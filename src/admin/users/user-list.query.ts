import type { ListUsers, UserOrder } from './users.schemas';
import type { CursorPosition } from '../../common/pagination/cursor';
import { TIMES_AS_TEXT, toRfc3339 } from '../../database/timestamp-text';
import type { Query } from '../../database/prepared-statements';
import type { User } from '../../users/user.schemas';
import { TABLES } from '../../../contract';

const { name: table, columns } = TABLES.user;

interface Order {
  key: 'createdAt' | 'email' | 'name';
  direction: 'ASC' | 'DESC';
}

/**
 * Keyset pagination: a page starts after the last row of the previous page; new rows do not move
 * it.
 */
const ORDERS: Record<UserOrder, Order> = {
  createdAt: { key: 'createdAt', direction: 'ASC' },
  '-createdAt': { key: 'createdAt', direction: 'DESC' },
  email: { key: 'email', direction: 'ASC' },
  name: { key: 'name', direction: 'ASC' },
};

const BAN_IN_FORCE = `gatehouse_is_banned(${columns.banned}, ${columns.banExpires})`;

/**
 * PostgreSQL decides whether a ban is in force. Times stay in the text format of PostgreSQL:
 * `to_char`, or 100 dates parsed in JavaScript, take longer than the rest of the query.
 */
const COLUMNS = `
  ${columns.id} AS "id", ${columns.email} AS "email",
  ${columns.emailVerified} AS "emailVerified", ${columns.name} AS "name",
  ${columns.image} AS "image", ${columns.role} AS "role", ${BAN_IN_FORCE} AS "banned",
  CASE WHEN ${BAN_IN_FORCE} THEN ${columns.banReason} END AS "banReason",
  CASE WHEN ${BAN_IN_FORCE} THEN ${columns.banExpires} END AS "banExpires",
  ${columns.createdAt} AS "createdAt", ${columns.updatedAt} AS "updatedAt"`;

/** Converts a row of the query to the response shape. */
export function toUser({ banExpires, createdAt, updatedAt, ...others }: User): User {
  return {
    ...others,
    banExpires: banExpires && toRfc3339(banExpires),
    createdAt: toRfc3339(createdAt),
    updatedAt: toRfc3339(updatedAt),
  };
}

/**
 * Only the page without filters is a prepared statement: the plan of a filter depends on its
 * value.
 */
const PREPARED_LIMIT = 50;

/**
 * One page and one more row, which shows whether another page follows. @param start the last row
 * of the previous page; `null`: the first page.
 */
export function pageQuery(query: ListUsers, start: CursorPosition | null): Query {
  const { key, direction } = ORDERS[query.sort];
  const conditions = conditionsOf(query);
  const isPlain = conditions.texts.length === 0 && query.limit === PREPARED_LIMIT;
  if (start !== null) {
    const comparison = direction === 'ASC' ? '>' : '<';
    const [value, id] = [conditions.value(start.value), conditions.value(start.id)];
    conditions.texts.push(`(${columns[key]}, ${columns.id}) ${comparison} (${value}, ${id})`);
  }
  const text = `SELECT ${COLUMNS} FROM "${table}" ${conditions.where()}
    ORDER BY "${table}".${columns[key]} ${direction}, "${table}".${columns.id} ${direction}
    LIMIT ${query.limit + 1}`;
  const name = `users ${query.sort} ${start === null ? 'first' : 'next'}`;
  return { ...(isPlain && { name }), text, values: conditions.values, types: TIMES_AS_TEXT };
}

/** How many users match the filters. */
export function countQuery(query: ListUsers): Query {
  const conditions = conditionsOf(query);
  const text = `SELECT count(*)::int AS "total" FROM "${table}" ${conditions.where()}`;
  return { text, values: conditions.values };
}

/** The position of a row in an order. Times have milliseconds, as in their column. */
export function keyOf(row: User, order: UserOrder): CursorPosition {
  return { value: row[ORDERS[order].key], id: row.id };
}

function conditionsOf({ search, role, banned, emailVerified }: ListUsers): Conditions {
  const conditions = new Conditions();
  const { texts } = conditions;
  if (search !== undefined) {
    const pattern = conditions.value(`%${search.replace(/[\\%_]/g, '\\$&')}%`);
    texts.push(`(${columns.email} ILIKE ${pattern} OR ${columns.name} ILIKE ${pattern})`);
  }
  if (role !== undefined) texts.push(`${columns.role} = ${conditions.value(role)}`);
  if (emailVerified !== undefined) {
    texts.push(`${columns.emailVerified} = ${conditions.value(emailVerified)}`);
  }
  if (banned !== undefined) texts.push(banned ? BAN_IN_FORCE : `NOT ${BAN_IN_FORCE}`);
  return conditions;
}

/** Conditions that must all hold, and the values of their placeholders. */
class Conditions {
  readonly texts: string[] = [];
  readonly values: unknown[] = [];

  /** @returns the placeholder of a value. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  where(): string {
    return this.texts.length === 0 ? '' : `WHERE ${this.texts.join(' AND ')}`;
  }
}
