import type { BetterAuthPlugin } from 'better-auth';
import { isBanned } from './claims';

interface SessionWithUser {
  user?: Record<string, unknown> | null;
}

/**
 * The session of a banned user is not found, so no endpoint accepts it. A ban deletes the sessions
 * in the database; this holds for a session that remains, where the triggers do not run. Better-Auth
 * reads a session with its user by one call of the adapter.
 */
export const sessionsInForce = {
  id: 'sessions-in-force',
  init: ({ adapter }) => {
    const { findOne } = adapter;
    adapter.findOne = async <T>(query: Parameters<typeof findOne>[0]) => {
      const found = await findOne<T>(query);
      const user = query.model === 'session' ? (found as SessionWithUser | null)?.user : null;
      return user && isBanned(user) ? null : found;
    };
  },
} satisfies BetterAuthPlugin;
