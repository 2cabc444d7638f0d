import type { BetterAuthPlugin } from 'better-auth';
import { requestContext } from '../common/request-context';
import { isDataException } from '../../runtime/database/database-errors';

/**
 * Better-Auth takes a session that it cannot read, or whose time it cannot extend, for a missing one:
 * an OAuth client would send a user who is signed in to the sign-in page. Such a failure is noted
 * here, and {@link refuseUnreadSession} reports it. A value that the database cannot store is the
 * token of no session.
 */
export const unreadSessions = {
  id: 'unread-sessions',
  init: ({ adapter }) => {
    const { findOne, update } = adapter;
    adapter.findOne = (query) => noteFailure(query, findOne(query));
    adapter.update = (query) => noteFailure(query, update(query));
  },
} satisfies BetterAuthPlugin;

async function noteFailure<T>({ model }: { model: string }, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const context = requestContext.getStore();
    if (context && model === 'session' && !isDataException(error))
      context.unreadSession = error as Error;
    throw error;
  }
}

/** @throws the error of a session that this request could not read, in place of its answer. */
export function refuseUnreadSession(): void {
  const error = requestContext.getStore()?.unreadSession;
  if (error) throw error;
}
