import { APIError, createAuthMiddleware } from 'better-auth/api';
import { callerOf, fieldOf } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import { CONFIRMATION, readEmailChange } from './email-change';
import { markUsed } from './mailed-link';

const VERIFY_EMAIL = '/verify-email';

/**
 * Opening a link changes nothing: mail scanners and browsers open links before their readers do.
 * Better-Auth's endpoint acts on a GET. Here it leads to the page with the form, and acts for the
 * form of that page only.
 */
export function openedLinks(authUrl: string) {
  return {
    id: 'opened-links',
    hooks: {
      before: [
        {
          matcher: ({ path }: { path?: string }) => path === VERIFY_EMAIL,
          handler: createAuthMiddleware(async (ctx) => {
            const token = fieldOf(ctx.query, 'token');
            if (requestContext.getStore()?.confirmedLink !== token) {
              throw ctx.redirect(toVerificationPage(ctx.query, authUrl));
            }
            await useConfirmationOnce(token, ctx);
          }),
        },
      ],
    },
  };
}

function toVerificationPage(query: unknown, authUrl: string): string {
  const page = new URL(`${authUrl}${VERIFY_EMAIL}`);
  for (const name of ['token', 'callbackURL']) {
    const value = fieldOf(query, name);
    if (value !== '') page.searchParams.set(name, value);
  }
  return page.href;
}

/** Each use sends a mail to an address that the user has chosen. */
async function useConfirmationOnce(token: string, ctx: HookContext): Promise<void> {
  const change = await readEmailChange(token, ctx.context);
  if (change?.requestType !== CONFIRMATION) return;
  const caller = await callerOf(ctx);
  // Better-Auth refuses the session of another user, and the link stays unused.
  if (caller && caller.id !== change.userId) return;
  if (await markUsed({ token, userId: change.userId }, ctx.context)) return;
  throw new APIError('BAD_REQUEST', USED);
}

const USED = { code: 'INVALID_TOKEN', message: 'The link was used before.' };
