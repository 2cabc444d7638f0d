import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { composeEmailChanged } from './messages';
import type { HookContext } from '../common/caller';
import { requestContext } from '../common/request-context';
import type { UserContact } from '../common/user-contact';
import type { Mailer } from '../mail/mailer';
import { readEmailChange } from '../users/email-change';

const VERIFY_EMAIL = '/verify-email';
const UPDATE_USER = '/admin/update-user';

type Context = GenericEndpointContext | null;

/** The users whom `/admin/update-user` changes, as they were before, by the context of the request. */
const usersBefore = new WeakMap<object, UserContact>();

/** A mail to the former e-mail address after the user or an administrator has changed it. */
export function emailNotices(mailer: Mailer) {
  const update = {
    after: async (user: UserContact, ctx: Context) => {
      const former = await findFormer(user, ctx);
      if (former) await mailer.send(composeEmailChanged(former, user.email));
    },
  };
  return {
    id: 'email-notices',
    init: () => ({ options: { databaseHooks: { user: { update } } } }),
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === UPDATE_USER,
          handler: createAuthMiddleware(keepUser),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

async function keepUser({ context, body }: HookContext): Promise<void> {
  const request = requestContext.getStore();
  const { userId } = (body ?? {}) as { userId?: unknown };
  if (!request || typeof userId !== 'string') return;
  const user = await context.internalAdapter.findUserById(userId);
  if (user) usersBefore.set(request, user);
}

/** @returns the owner with the former address; `null` when the address is the same. */
async function findFormer(user: UserContact, ctx: Context): Promise<UserContact | null> {
  if (ctx?.path === VERIFY_EMAIL) return findFormerInLink(user, ctx);
  const request = requestContext.getStore();
  const former = request && usersBefore.get(request);
  if (ctx?.path !== UPDATE_USER || !former || former.email === user.email) return null;
  return former;
}

/** The link of the mail contains both addresses. */
async function findFormerInLink(
  user: UserContact,
  { query, context }: GenericEndpointContext,
): Promise<UserContact | null> {
  const { token } = (query ?? {}) as { token?: unknown };
  const change = await readEmailChange(token, context);
  if (change?.updateTo !== user.email) return null;
  return { name: user.name, email: change.email, emailVerified: user.emailVerified };
}
