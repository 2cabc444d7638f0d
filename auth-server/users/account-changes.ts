import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import type { UserContact } from '../common/user-contact';
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api';
import { LAST_STEP, readEmailChange } from './email-change';
import { isOlderThanPassword, isUsed, markUsed } from './mailed-link';
import { composeEmailChanged, composePasswordChanged } from '../notices/account-messages';
import type { Mailer } from '../mail/mailer';
import type { HookContext } from '../common/caller';

const VERIFY_EMAIL = '/verify-email';
const CHANGE_PASSWORD = '/change-password';
const SET_PASSWORD = '/admin/set-user-password';
const UPDATE_USER = '/admin/update-user';

/**
 * What has to happen around changes of credentials that Better-Auth leaves open: their
 * owner is told, a password set by an administrator ends the user's sessions, an e-mail that
 * one sets is not verified, and a change of the e-mail that was begun under an old password
 * is void.
 */
export function accountChanges(mailer: Mailer) {
  return {
    id: 'account-changes',
    init: () => ({
      options: {
        databaseHooks: {
          user: {
            update: {
              after: (user: UserContact, ctx: GenericEndpointContext | null) =>
                tellFormerAddress(user, { ctx, mailer }),
            },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === VERIFY_EMAIL,
          handler: createAuthMiddleware(refuseVoidChange),
        },
        {
          matcher: ({ path }) => path === UPDATE_USER,
          handler: createAuthMiddleware(markNewEmailUnverified),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === CHANGE_PASSWORD,
          handler: createAuthMiddleware(async ({ context }) => {
            if (isAPIError(context.returned) || !context.session) return;
            await mailer.send(composePasswordChanged(context.session.user));
          }),
        },
        {
          matcher: ({ path }) => path === SET_PASSWORD,
          handler: createAuthMiddleware((ctx) => afterSetPassword(ctx, mailer)),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/**
 * Providers link accounts by verified e-mail addresses: a typing error of an administrator
 * must not give the account to the owner of that address. An explicit `emailVerified` applies.
 */
async function markNewEmailUnverified({ context, body }: HookContext) {
  const { userId, data } = (body ?? {}) as { userId?: unknown; data?: Record<string, unknown> };
  if (typeof userId !== 'string' || typeof data?.email !== 'string') return undefined;
  if (data.emailVerified !== undefined) return undefined;
  const user = await context.internalAdapter.findUserById(userId);
  if (!user || user.email === data.email.toLowerCase()) return undefined;
  return { context: { body: { data: { emailVerified: false } } } };
}

/** A session may have been made with the password that is now replaced. */
async function afterSetPassword({ context, body }: HookContext, mailer: Mailer): Promise<void> {
  if (isAPIError(context.returned)) return;
  const { userId } = body as { userId: string };
  await context.internalAdapter.deleteUserSessions(userId);
  const user = await context.internalAdapter.findUserById(userId);
  if (user) await mailer.send(composePasswordChanged(user));
}

/**
 * The link of a change works without a session, so it would still work after the password of
 * the person who requested it is replaced: a thief, or a person who signed up with the
 * address of another. A new address that another account has taken is refused here too.
 */
async function refuseVoidChange({ context, query, redirect }: HookContext): Promise<void> {
  const change = await readEmailChange(query?.token, context);
  if (!change) return;
  const isVoid =
    (await isUsed(query?.token, context)) || (await isOlderThanPassword(change, context));
  const isTaken =
    change.requestType === LAST_STEP &&
    (await context.internalAdapter.findUserByEmail(change.updateTo)) !== null;
  if (!isVoid && !isTaken) return;
  const refusal = isVoid ? VOID : TAKEN;
  const { callbackURL } = (query ?? {}) as { callbackURL?: string };
  if (!callbackURL || !context.isTrustedOrigin(callbackURL, { allowRelativePaths: true })) {
    throw new APIError('BAD_REQUEST', refusal);
  }
  throw redirect(withError(callbackURL, refusal.code));
}

const VOID = { code: 'INVALID_TOKEN', message: 'The link is no longer valid. Ask for a new one.' };
const TAKEN = { code: 'EMAIL_TAKEN', message: 'The address belongs to another account.' };

function withError(url: string, code: string): string {
  const [beforeHash = '', hash] = url.split('#', 2);
  const separator = beforeHash.includes('?') ? '&' : '?';
  return `${beforeHash}${separator}error=${code}${hash === undefined ? '' : `#${hash}`}`;
}

async function tellFormerAddress(
  user: UserContact,
  { ctx, mailer }: { ctx: GenericEndpointContext | null; mailer: Mailer },
): Promise<void> {
  if (ctx?.path !== VERIFY_EMAIL) return;
  const { token } = (ctx.query ?? {}) as { token?: unknown };
  const change = await readEmailChange(token, ctx.context);
  if (change?.updateTo !== user.email) return;
  // Also when the user takes the former address again, the link does nothing any longer.
  await markUsed({ token, userId: change.userId }, ctx.context);
  const former = { name: user.name, email: change.email, emailVerified: user.emailVerified };
  await mailer.send(composeEmailChanged(former, user.email));
}
