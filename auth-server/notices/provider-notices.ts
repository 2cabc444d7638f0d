import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import type { UserContact } from '../common/user-contact';
import { createAuthMiddleware } from 'better-auth/api';
import { composeEmailChanged } from './account-messages';
import type { Mailer } from '../mail/mailer';
import { composeSecurityNotice } from './security-messages';
import { requestContext } from '../common/request-context';

const UPDATE_USER = '/admin/update-user';
const UNLINK = '/unlink-account';

interface Account {
  userId: string;
  providerId: string;
}

type Context = GenericEndpointContext | null;

/** Users whom an administrator is about to change, as they were, by the context of the request. */
const usersBefore = new WeakMap<object, UserContact>();

/** Ids of users who are made in a request: the way in that they begin with is no news to them. */
const usersMade = new WeakMap<object, string>();

/**
 * Tells the owner of an account by mail when a provider becomes a way into it, or is one no
 * longer, and the former address when an administrator has put another in its place.
 */
export function changeNotices(mailer: Mailer) {
  return {
    id: 'change-notices',
    init: () => ({
      options: {
        databaseHooks: {
          user: {
            create: { after: noteNewUser },
            update: {
              after: (user: UserContact, ctx: Context) => tellFormerAddress(user, ctx, mailer),
            },
          },
          account: {
            create: { after: (row: Account, ctx: Context) => tellOfLink(row, ctx, mailer) },
            delete: { after: (row: Account, ctx: Context) => tellOfUnlink(row, ctx, mailer) },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === UPDATE_USER,
          handler: createAuthMiddleware(async ({ context, body }) => {
            const request = requestContext.getStore();
            const { userId } = (body ?? {}) as { userId?: unknown };
            if (!request || typeof userId !== 'string') return;
            const user = await context.internalAdapter.findUserById(userId);
            if (user) usersBefore.set(request, user);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

function noteNewUser({ id }: { id: string }): Promise<void> {
  const request = requestContext.getStore();
  if (request) usersMade.set(request, id);
  return Promise.resolve();
}

async function tellFormerAddress(user: UserContact, ctx: Context, mailer: Mailer): Promise<void> {
  const request = requestContext.getStore();
  const former = request && usersBefore.get(request);
  if (ctx?.path !== UPDATE_USER || !former || former.email === user.email) return;
  await mailer.send(composeEmailChanged(former, user.email));
}

/** A password has notices of its own. */
async function tellOfLink(row: Account, ctx: Context, mailer: Mailer): Promise<void> {
  if (!ctx || row.providerId === 'credential') return;
  const request = requestContext.getStore();
  if (!request || usersMade.get(request) === row.userId) return;
  const owner = await ctx.context.internalAdapter.findUserById(row.userId);
  if (!owner) return;
  const what = `Sign-in with ${nameOf(row)} was added to your account`;
  await mailer.send(composeSecurityNotice(owner, what));
}

/** After the deletion of an account there is no user to notify. */
async function tellOfUnlink(row: Account, ctx: Context, mailer: Mailer): Promise<void> {
  if (ctx?.path !== UNLINK || !ctx.context.session) return;
  const what = `Sign-in with ${nameOf(row)} was removed from your account`;
  await mailer.send(composeSecurityNotice(ctx.context.session.user, what));
}

const NAMES: Record<string, string> = {
  credential: 'a password',
  google: 'Google',
  github: 'GitHub',
};

function nameOf({ providerId }: Account): string {
  return NAMES[providerId] ?? 'another provider';
}
