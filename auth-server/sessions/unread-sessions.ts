import type { BetterAuthPlugin } from 'better-auth';
import { noteUnread } from '../common/request-context';
import { isDataException } from '../../runtime/database/database-errors';

/**
 * Better-Auth takes a session that it cannot read, or whose time it cannot extend, for a missing one:
 * an OAuth client would send a user who is signed in to the sign-in page. Such a request fails
 * instead. A value that the database cannot store is the token of no session.
 */
export const unreadSessions = {
  id: 'unread-sessions',
  init: ({ adapter }) => {
    const { findOne, update } = adapter;
    adapter.findOne = (query) => noteSession(query, findOne(query));
    adapter.update = (query) => noteSession(query, update(query));
  },
} satisfies BetterAuthPlugin;

function noteSession<T>({ model }: { model: string }, work: Promise<T>): Promise<T> {
  return model === 'session' ? noteUnread(work, (error) => !isDataException(error)) : work;
}
