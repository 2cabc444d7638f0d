import type { BetterAuthPlugin } from 'better-auth';
import { noSuchUser } from '../common/caller';
import type { EndpointContext } from '../common/hook-types';

/**
 * Better-Auth deletes the sessions, the sign-in methods and then the user, each in a statement
 * of its own. Here the user is deleted first and the foreign keys delete the rest, so that a
 * refused deletion (the last administrator) deletes nothing.
 */
export const userRemoval = {
  id: 'user-removal',
  init: () => ({
    options: {
      databaseHooks: {
        session: { delete: { before: leaveToForeignKey } },
        account: { delete: { before: leaveToForeignKey } },
        user: { update: { after: refuseRemovedUser } },
      },
    },
  }),
} satisfies BetterAuthPlugin;

/** `false` skips the statement. */
function leaveToForeignKey(_row: object, ctx?: EndpointContext): Promise<boolean> {
  return Promise.resolve(ctx?.path !== '/admin/remove-user');
}

/** Better-Auth does not expect that the user is deleted while it changes the user. */
function refuseRemovedUser(user: object | null): Promise<void> {
  if (user) return Promise.resolve();
  throw noSuchUser();
}
