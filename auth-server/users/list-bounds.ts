import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';

const LIST_USERS = '/admin/list-users';

/** Rows of a page; the same as of the pages of the API. */
const MOST = 100;

/**
 * A page of Better-Auth's list of users has at most 100 users, with each `limit`. Other lists of
 * Better-Auth have at most 100 rows without one.
 */
export const listBounds = {
  id: 'gatehouse-list-bounds',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === LIST_USERS,
        handler: createAuthMiddleware(({ query }) =>
          Promise.resolve({ context: { query: { ...query, limit: toLimit(query?.limit) } } }),
        ),
      },
    ],
  },
} satisfies BetterAuthPlugin;

function toLimit(given: unknown): number {
  const limit = Math.floor(Number(given));
  return limit >= 1 && limit <= MOST ? limit : MOST;
}
