import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { callerOf, isAdministrator } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import { ACTING_CLIENT_HEADER } from '../../contract';

export const ASK_FOR_RESET = '/request-password-reset';

/** Notes who causes a mail, where nothing else does: without limits, the budgets of mails still count. */
export const mailSenders: BetterAuthPlugin = {
  id: 'gatehouse-mail-senders',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === ASK_FOR_RESET,
        handler: createAuthMiddleware(async (ctx) => {
          await noteMailSender(ctx);
        }),
      },
    ],
  },
};

/** For `mail/mail-budgets.ts`. @returns as {@link administratorOf} */
export async function noteMailSender(ctx: HookContext): Promise<string | undefined> {
  const administrator = await administratorOf(ctx);
  const context = requestContext.getStore();
  if (context) context.mailSender = { isAdministrator: administrator !== undefined };
  return administrator;
}

/** The id of the administrator, or of the service account for which the API acts. */
async function administratorOf(ctx: HookContext): Promise<string | undefined> {
  const client = ctx.headers?.get(ACTING_CLIENT_HEADER);
  if (client) return client;
  const caller = await callerOf(ctx);
  return isAdministrator(caller) ? caller?.id : undefined;
}
