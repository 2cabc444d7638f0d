import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { SERVICE_ACCOUNT_USERS_PATH } from '../../contract';
import { fieldOf } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { requestContext, type RequestContext } from '../common/request-context';

/**
 * Requests with a password that one network runs at the same time, for one account and for all. The
 * share of an account is one of a network: callers in other networks cannot use up the share of its
 * owner.
 */
const MOST = { account: 24, network: 100 } as const;

const RETRY_S = '2';

export const TOO_MANY_AT_ONCE = {
  code: 'TOO_MANY_REQUESTS',
  message: 'Too many attempts at once. Wait before you try again.',
};

const PASSWORD_FIELDS = ['password', 'newPassword', 'currentPassword'];

/** The fields that name an account: its address, its id, or the code of a link to it. */
const OWNER_FIELDS = ['email', 'userId', 'token'];

/**
 * Limits the requests with a password that run at the same time, before the first query: many of
 * one account or one network would take the places of the others for hashes and for the database.
 * It is independent of `RATE_LIMITS`, because it counts no attempts.
 */
export function passwordAdmission(): BetterAuthPlugin {
  const running = new Map<string, number>();
  return {
    id: 'gatehouse-password-admission',
    hooks: {
      before: [
        {
          matcher: ({ body }) => PASSWORD_FIELDS.some((field) => fieldOf(body, field) !== ''),
          handler: createAuthMiddleware((ctx) => Promise.resolve(admit(ctx, running))),
        },
      ],
    },
  };
}

/** A page can call several endpoints in one request: it is admitted once. */
function admit(ctx: HookContext, running: Map<string, number>): void {
  const context = requestContext.getStore();
  if (!context || context.passwordOwner !== undefined) return;
  context.passwordOwner = ownerOf(ctx);
  const counted = countedKeys(context);
  const isFull = counted.some(({ key, most }) => (running.get(key) ?? 0) >= most);
  if (isFull) {
    throw new APIError('TOO_MANY_REQUESTS', TOO_MANY_AT_ONCE, { 'retry-after': RETRY_S });
  }
  for (const { key } of counted) running.set(key, (running.get(key) ?? 0) + 1);
  context.onEnd = () => {
    for (const { key } of counted) leave(key, running);
  };
}

/**
 * Without a named account, the session stands for it. An administrator or a service account that
 * sets the password of another account takes places of its own network only.
 */
function ownerOf({ path, body, headers }: HookContext): string {
  if (path?.startsWith('/admin/') || path === SERVICE_ACCOUNT_USERS_PATH) return '';
  const named = OWNER_FIELDS.map((field) => fieldOf(body, field)).find((value) => value !== '');
  return named?.toLowerCase() ?? headers?.get('authorization') ?? headers?.get('cookie') ?? '';
}

function countedKeys({ passwordOwner, network }: RequestContext) {
  const from = network ?? '';
  return [
    ...(passwordOwner ? [{ key: `account ${passwordOwner} ${from}`, most: MOST.account }] : []),
    ...(network === undefined ? [] : [{ key: `network ${network}`, most: MOST.network }]),
  ];
}

function leave(key: string, running: Map<string, number>): void {
  const left = running.get(key)! - 1;
  if (left > 0) running.set(key, left);
  else running.delete(key);
}
