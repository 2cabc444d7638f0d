import type { BetterAuthPlugin } from 'better-auth';
import { composeSecurityNotice } from './notice-messages';
import type { EndpointContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import type { Mailer } from '../mail/mailer';

const UNLINK = '/unlink-account';

interface Account {
  userId: string;
  providerId: string;
}

/** Ids of the users whom a request creates: their first provider needs no notice. */
const usersMade = new WeakMap<object, string>();

/** A mail to the owner after a provider was linked to the account or unlinked from it. */
export function providerNotices(mailer: Mailer) {
  return {
    id: 'provider-notices',
    init: () => ({
      options: {
        databaseHooks: {
          user: { create: { after: noteNewUser } },
          account: {
            create: {
              after: (row: Account, ctx: EndpointContext) => notifyOfLink(row, ctx, mailer),
            },
            delete: {
              after: (row: Account, ctx: EndpointContext) => notifyOfUnlink(row, ctx, mailer),
            },
          },
        },
      },
    }),
  } satisfies BetterAuthPlugin;
}

function noteNewUser({ id }: { id: string }): Promise<void> {
  const request = requestContext.getStore();
  if (request) usersMade.set(request, id);
  return Promise.resolve();
}

/** The notices of a password are in `password-notices.ts`. */
async function notifyOfLink(row: Account, ctx: EndpointContext, mailer: Mailer): Promise<void> {
  if (!ctx || row.providerId === 'credential') return;
  const request = requestContext.getStore();
  if (!request || usersMade.get(request) === row.userId) return;
  const owner = await ctx.context.internalAdapter.findUserById(row.userId);
  if (!owner) return;
  const what = `Sign-in with ${nameOf(row)} was added to your account`;
  await mailer.send(composeSecurityNotice(owner, what, 'added'));
}

/** After the deletion of an account there is no user to notify. */
async function notifyOfUnlink(row: Account, ctx: EndpointContext, mailer: Mailer): Promise<void> {
  if (ctx?.path !== UNLINK || !ctx.context.session) return;
  const what = `Sign-in with ${nameOf(row)} was removed from your account`;
  await mailer.send(composeSecurityNotice(ctx.context.session.user, what, 'unlinked'));
}

const NAMES: Record<string, string> = {
  credential: 'a password',
  google: 'Google',
  github: 'GitHub',
};

function nameOf({ providerId }: Account): string {
  return NAMES[providerId] ?? 'another provider';
}
