import type { ListUsers, UserOrder } from './users.schemas';
import type { CursorPosition } from '../../common/pagination/cursor';
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

/** The columns that are shown, without the state of the ban. */
const READ_COLUMNS = (
  [
    'id',
    'email',
    'emailVerified',
    'name',
    'image',
    'role',
    'banReason',
    'banExpires',
    'createdAt',
    'updatedAt',
  ] as const
)
  .map((key) => `${columns[key]} AS "${key}"`)
  .join(', ');

const BAN_IN_FORCE = `gatehouse_is_banned(${columns.banned}, ${columns.banExpires})`;

/**
 * A time in UTC of which PostgreSQL writes all six decimals: columns have milliseconds, and `001`
 * follows. {@link toItems} replaces it by `Z`. `to_char` takes longer.
 */
const timeOf = (column: string) => `"${column}" AT TIME ZONE 'UTC' + interval '1 microsecond'`;

/** The fields of a user in the order of the response. */
const FIELDS = `
  "id", "email", "emailVerified", "name", "image", "role", "banned",
  CASE WHEN "banned" THEN "banReason" END AS "banReason",
  CASE WHEN "banned" THEN ${timeOf('banExpires')} END AS "banExpires",
  ${timeOf('createdAt')} AS "createdAt", ${timeOf('updatedAt')} AS "updatedAt"`;

/** The only row of a page's query. */
export interface PageRow {
  /** How many users were read: at most one more than the limit. */
  count: number;
  /** A hash of the users and their order; `null`: there are none. */
  version: string | null;
  /** The users as JSON objects with commas between them; `null`: there are none. */
  users: string | null;
}

/** Where a page begins, and how it is hashed. */
export interface PageStart {
  /** The last row of the previous page; `null`: the first page. */
  start: CursorPosition | null;
  /** A secret 64-bit number for the hash: without it, users could look for names of the same hash. */
  seed: string;
}

/** The end of a time of {@link timeOf}. A text cannot match: its quotes are escaped. */
const END_OF_TIME = /001"(?=,"(?:created|updated)At":|\})/g;

/** The beginning of each user in the text of a page. */
const START_OF_USER = '{"id":';

/** The users of a page in the response shape. */
export interface PageItems {
  /** JSON objects with commas between them. */
  text: string;
  /** The last user, when another page follows. */
  last: User | null;
}

/**
 * Converts the row of a page's query. The text that PostgreSQL wrote is not parsed: reading 50
 * rows and writing them again takes longer than the query.
 */
export function toItems({ count, users }: PageRow, limit: number): PageItems {
  const text = (users ?? '').replace(END_OF_TIME, 'Z"');
  if (count <= limit) return { text, last: null };
  const items = text.slice(0, text.lastIndexOf(`,${START_OF_USER}`));
  return { text: items, last: JSON.parse(items.slice(items.lastIndexOf(START_OF_USER))) as User };
}

/**
 * Only the page without filters is a prepared statement: the plan of a filter depends on its
 * value.
 */
const PREPARED_LIMIT = 50;

export function isPlainPage(query: ListUsers): boolean {
  return conditionsOf(query).texts.length === 0 && query.limit === PREPARED_LIMIT;
}

/**
 * One page as JSON, and one more user, which shows whether another page follows.
 */
export function pageQuery(query: ListUsers, page: PageStart): Query {
  const users = `(SELECT string_agg(row_to_json(page)::text, ',') FROM (SELECT ${FIELDS} FROM rows) AS page)`;
  return queryOf(query, {
    page,
    name: 'user page',
    shown: `"count", "version", ${users} AS "users"`,
  });
}

/** The version of a page alone: it takes less than half of the time. */
export function versionQuery(query: ListUsers, page: PageStart): Query {
  return queryOf(query, { page, name: 'user page version', shown: '"version"' });
}

interface Shown {
  page: PageStart;
  name: string;
  shown: string;
}

function queryOf(query: ListUsers, { page: { start, seed }, name, shown }: Shown): Query {
  const { key, direction } = ORDERS[query.sort];
  const conditions = conditionsOf(query);
  if (start !== null) {
    const comparison = direction === 'ASC' ? '>' : '<';
    const [value, id] = [conditions.value(start.value), conditions.value(start.id)];
    conditions.texts.push(`(${columns[key]}, ${columns.id}) ${comparison} (${value}, ${id})`);
  }
  const where = conditions.where();
  const seeded = `${conditions.value(seed)}::bigint`;
  const text = `
    WITH rows AS MATERIALIZED (
      SELECT ${READ_COLUMNS}, ${BAN_IN_FORCE} AS "banned" FROM "${table}" ${where}
       ORDER BY "${table}".${columns[key]} ${direction}, "${table}".${columns.id} ${direction}
       LIMIT ${query.limit + 1}),
    state AS (
      SELECT count(*)::int AS "count",
             hash_array_extended(array_agg(hash_record_extended(rows, ${seeded})), ${seeded})::text AS "version"
        FROM rows)
    SELECT ${shown} FROM state`;
  const fullName = `${name} ${query.sort} ${start === null ? 'first' : 'next'}`;
  return { ...(isPlainPage(query) && { name: fullName }), text, values: conditions.values };
}

/** How many users match the filters. */
export function countQuery(query: ListUsers): Query {
  const conditions = conditionsOf(query);
  const text = `SELECT count(*)::int AS "total" FROM "${table}" ${conditions.where()}`;
  return { text, values: conditions.values };
}

/** The position of a user in an order. Times have milliseconds, as in their column. */
export function keyOf(user: User, order: UserOrder): CursorPosition {
  return { value: user[ORDERS[order].key], id: user.id };
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
