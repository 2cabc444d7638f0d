import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware, isAPIError } from 'better-auth/api';
import { composePasswordChanged } from './notice-messages';
import { ownAnswerOf } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import type { UserContact } from '../common/user-contact';
import type { Mailer } from '../mail/mailer';

const CHANGE_PASSWORD = '/change-password';
const SET_PASSWORD = '/admin/set-user-password';

/** A mail to the owner after the user or an administrator has set a new password. */
export function passwordNotices(mailer: Mailer) {
  return {
    id: 'password-notices',
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === CHANGE_PASSWORD || path === SET_PASSWORD,
          handler: createAuthMiddleware(async (ctx) => {
            if (isAPIError(ownAnswerOf(ctx.context))) return;
            const owner = await ownerOf(ctx);
            if (owner) await notifyPasswordChanged(mailer, owner);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** Also after a reset, which Better-Auth reports in `onPasswordReset`. */
export async function notifyPasswordChanged(mailer: Mailer, owner: UserContact): Promise<void> {
  await mailer.send(composePasswordChanged(owner));
}

async function ownerOf({ path, context, body }: HookContext): Promise<UserContact | null> {
  if (path === CHANGE_PASSWORD) return context.session?.user ?? null;
  return context.internalAdapter.findUserById((body as { userId: string }).userId);
}
