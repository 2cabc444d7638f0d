import type { BetterAuthPlugin } from 'better-auth';
import type { UserContact } from '../common/user-contact';
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api';
import type { Pool } from 'pg';
import { confirmTakenAddress, readEmailChange } from './email-change';
import { findChangeFault, markUsed } from './mailed-link';
import { callerOf } from '../common/caller';
import type { Adapter, EndpointContext, HookContext } from '../common/hook-types';
import { NEW_EMAIL_TAKEN } from '../common/errors';
import { requestContext } from '../common/request-context';

const CHANGE_EMAIL = '/change-email';
const VERIFY_EMAIL = '/verify-email';
const SET_PASSWORD = '/admin/set-user-password';
const UPDATE_USER = '/admin/update-user';

/**
 * Rules for changes of credentials that Better-Auth does not have: a password that an
 * administrator sets ends the user's sessions, an e-mail address that an administrator sets is
 * not verified, and a change of the e-mail address that was requested before a change of the
 * credentials is void. The mails to the owner are in `notices/`.
 */
export const accountChanges = (pool: Pool) =>
  ({
    id: 'account-changes',
    init: ({ adapter }) => {
      changeOnce(adapter);
      return { options: { databaseHooks: { user: { update: { after: markLinkUsed } } } } };
    },
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === VERIFY_EMAIL,
          handler: createAuthMiddleware((ctx) => refuseVoidChange(ctx, pool)),
        },
        {
          matcher: ({ path }) => path === SET_PASSWORD || path === UPDATE_USER,
          handler: createAuthMiddleware(refuseOwnCredentials),
        },
        {
          matcher: ({ path }) => path === UPDATE_USER,
          handler: createAuthMiddleware(markNewEmailUnverified),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === SET_PASSWORD,
          handler: createAuthMiddleware(endSessions),
        },
        {
          matcher: ({ path }) => path === CHANGE_EMAIL,
          handler: createAuthMiddleware(confirmTakenAddress),
        },
      ],
    },
  }) satisfies BetterAuthPlugin;

/** A stolen session of an administrator must not replace what the administrator signs in with. */
async function refuseOwnCredentials(ctx: HookContext): Promise<void> {
  const { userId, data } = ctx.body as { userId: string; data?: Record<string, unknown> };
  const caller = await callerOf(ctx);
  if (caller?.id !== userId) return;
  if (ctx.path === UPDATE_USER) {
    const user = await ctx.context.internalAdapter.findUserById(userId);
    if (user && isSameAddress({ ...user, ...data }, user)) return;
  }
  throw new APIError('FORBIDDEN', OWN_CREDENTIALS);
}

function isSameAddress(given: Record<string, unknown>, user: UserContact): boolean {
  const { email, emailVerified } = given;
  if (typeof email !== 'string' || emailVerified !== user.emailVerified) return false;
  return email.toLowerCase() === user.email;
}

const OWN_CREDENTIALS = {
  code: 'OWN_CREDENTIALS',
  message: 'Change your own password with the present one, and your own e-mail address by mail.',
};

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

/** A session may have been created with the password that is now replaced. */
async function endSessions({ context, body }: HookContext): Promise<void> {
  if (isAPIError(context.returned)) return;
  await context.internalAdapter.deleteUserSessions((body as { userId: string }).userId);
}

/**
 * The link of a change works without a session. It must not work after a change of the credentials,
 * or of the address: the person who requested it can be an attacker with the old password or a
 * removed passkey, or a person who signed up with the address of another one.
 */
async function refuseVoidChange(
  { context, query, redirect }: HookContext,
  pool: Pool,
): Promise<void> {
  const change = await readEmailChange(query?.token, context);
  if (!change) return changeOnlyIf({ field: 'emailVerified', value: false });
  const { internalAdapter } = context;
  const fault = await findChangeFault(query?.token, { change, context: { internalAdapter, pool } });
  if (fault === null) return changeOnlyIf({ field: 'email', value: change.email.toLowerCase() });
  const refusal = fault === 'taken' ? NEW_EMAIL_TAKEN : VOID;
  const { callbackURL } = (query ?? {}) as { callbackURL?: string };
  if (!callbackURL || !context.isTrustedOrigin(callbackURL, { allowRelativePaths: true })) {
    throw new APIError('BAD_REQUEST', refusal);
  }
  throw redirect(withError(callbackURL, refusal.code));
}

/** What a link finds before it changes the user, by the context of the request. */
const conditions = new WeakMap<object, Condition>();

interface Condition {
  field: 'email' | 'emailVerified';
  value: string | boolean;
}

function changeOnlyIf(condition: Condition): void {
  const request = requestContext.getStore();
  if (request) conditions.set(request, condition);
}

/**
 * Of several requests with one link, one changes the user. The others no longer find the former
 * address, or the unverified one: they would record the same change, and inform the former address,
 * once more.
 */
function changeOnce(adapter: Adapter): void {
  const { update } = adapter;
  adapter.update = async <T>(input: Parameters<Adapter['update']>[0]) => {
    const condition = conditions.get(requestContext.getStore() ?? {});
    const isOfLink = input.model === 'user' && condition && condition.field in input.update;
    if (!isOfLink) return update<T>(input);
    const changed = await update<T>({ ...input, where: [...input.where, condition] });
    if (changed === null) throw new APIError('BAD_REQUEST', VOID);
    return changed;
  };
}

const VOID = { code: 'INVALID_TOKEN', message: 'The link is no longer valid. Ask for a new one.' };

function withError(url: string, code: string): string {
  const [beforeHash = '', hash] = url.split('#', 2);
  const separator = beforeHash.includes('?') ? '&' : '?';
  return `${beforeHash}${separator}error=${code}${hash === undefined ? '' : `#${hash}`}`;
}

/** Also when the user takes the former address again, the link does nothing. */
async function markLinkUsed(user: UserContact, ctx: EndpointContext): Promise<void> {
  if (ctx?.path !== VERIFY_EMAIL) return;
  const { token } = (ctx.query ?? {}) as { token?: unknown };
  const change = await readEmailChange(token, ctx.context);
  if (change?.updateTo !== user.email) return;
  await markUsed({ token, userId: change.userId }, ctx.context);
}
