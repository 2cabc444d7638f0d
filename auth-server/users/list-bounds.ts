import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { noteUnread } from '../common/request-context';

const LIST_USERS = '/admin/list-users';

/** Rows of a page; the same as of the pages of the API. */
const MOST = 100;

/**
 * A page of Better-Auth's list of users has at most 100 users, with each `limit`. Other lists of
 * Better-Auth have at most 100 rows without one.
 *
 * Better-Auth answers with an empty list when the database does not read the users, and when there
 * is no such field. Here the first request fails, and the second one is refused.
 */
export const listBounds = {
  id: 'gatehouse-list-bounds',
  init: ({ adapter }) => {
    const { count, findMany } = adapter;
    adapter.count = (query) => noteUsers(query, count(query));
    adapter.findMany = (query) => noteUsers(query, findMany(query));
  },
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === LIST_USERS,
        handler: createAuthMiddleware(({ query = {}, context }) => {
          const fields = new Set(['id', ...Object.keys(context.tables.user?.fields ?? {})]);
          for (const name of ['sortBy', 'filterField']) refuseOther(query[name], { name, fields });
          return Promise.resolve({ context: { query: { ...query, limit: toLimit(query.limit) } } });
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

function noteUsers<T>({ model }: { model: string }, work: Promise<T>): Promise<T> {
  return model === 'user' ? noteUnread(work) : work;
}

function refuseOther(field: unknown, { name, fields }: { name: string; fields: Set<string> }) {
  if (field === undefined || field === '' || fields.has(field as string)) return;
  throw new APIError('BAD_REQUEST', {
    code: 'VALIDATION_ERROR',
    message: `[query.${name}] Users have no such field.`,
  });
}

function toLimit(given: unknown): number {
  const limit = Math.floor(Number(given));
  return limit >= 1 && limit <= MOST ? limit : MOST;
}
