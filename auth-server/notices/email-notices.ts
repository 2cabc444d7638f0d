import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { composeEmailChanged } from './notice-messages';
import { fieldOf } from '../common/caller';
import type { EndpointContext, HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import type { UserContact } from '../common/user-contact';
import type { Mailer } from '../mail/mailer';
import { readEmailChange } from '../users/email-change';

const VERIFY_EMAIL = '/verify-email';
const UPDATE_USER = '/admin/update-user';

/** The users whom a request changes, as they were before, by the context of the request. */
const usersBefore = new WeakMap<object, UserContact>();

/** A mail to the former e-mail address after the user or an administrator has changed it. */
export function emailNotices(mailer: Mailer) {
  const update = {
    after: async (user: UserContact, ctx: EndpointContext) => {
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
          matcher: ({ path }) => path === UPDATE_USER || path === VERIFY_EMAIL,
          handler: createAuthMiddleware(keepUser),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

async function keepUser({ context, body, path, query }: HookContext): Promise<void> {
  const request = requestContext.getStore();
  const link = path === VERIFY_EMAIL ? await readEmailChange(query?.token, context) : null;
  const userId = link?.userId ?? fieldOf(body, 'userId');
  if (!request || userId === '') return;
  const user = await context.internalAdapter.findUserById(userId);
  if (user) usersBefore.set(request, user);
}

/** @returns the owner with the former address; `null` when the address is the same. */
async function findFormer(user: UserContact, ctx: EndpointContext): Promise<UserContact | null> {
  const request = requestContext.getStore();
  const former = request && usersBefore.get(request);
  if (!ctx || !former || former.email === user.email) return null;
  if (ctx.path === UPDATE_USER) return former;
  return ctx.path === VERIFY_EMAIL && (await isNewAddress(user, ctx)) ? former : null;
}

/** A link also verifies an address without a change. */
async function isNewAddress({ email }: UserContact, { query, context }: GenericEndpointContext) {
  const { token } = (query ?? {}) as { token?: unknown };
  return (await readEmailChange(token, context))?.updateTo === email;
}
