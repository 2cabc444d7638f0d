import type { BetterAuthPlugin } from 'better-auth';
import { mayHaveSessions } from './claims';

interface FoundSession {
  expiresAt: Date;
  user?: Record<string, unknown> | null;
}

/** As input of a column of times, `now` is the time of the statement, by the clock of PostgreSQL. */
const NOT_ENDED = { field: 'expiresAt', operator: 'gt', value: 'now' } as const;

/**
 * A session that has ended is not found, so no endpoint accepts, extends or lists it: by the clock of
 * the database, and by that of this process. Better-Auth deletes a session that it finds and that
 * has ended by the clock of its process, where it may go on for the others.
 *
 * Nor is the session of a banned user. A ban deletes the sessions in the database; this holds for a
 * session that remains, where the triggers do not run. Nor is the session of a user whose role no
 * feature declares. Better-Auth reads a session with its user by one call of the adapter.
 */
export const sessionsInForce = {
  id: 'sessions-in-force',
  init: ({ adapter }) => {
    const { findOne, findMany } = adapter;
    adapter.findMany = (query) => {
      if (query.model !== 'session') return findMany(query);
      return findMany({ ...query, where: [...(query.where ?? []), NOT_ENDED] });
    };
    adapter.findOne = async <T>(query: Parameters<typeof findOne>[0]) => {
      if (query.model !== 'session') return findOne<T>(query);
      const where = [...query.where, NOT_ENDED];
      const found = await findOne<T & FoundSession>({ ...query, where });
      return found && isInForce(found) ? found : null;
    };
  },
} satisfies BetterAuthPlugin;

function isInForce({ expiresAt, user }: FoundSession): boolean {
  return expiresAt.getTime() > Date.now() && (!user || mayHaveSessions(user));
}
