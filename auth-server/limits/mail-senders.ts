import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { KnownSources, Origin } from './known-sources';
import { callerOf, fieldOf, isAdministrator } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import { ACTING_CLIENT_HEADER } from '../../contract';

export const ASK_FOR_RESET = '/request-password-reset';

/** Mails that signed-in users request for themselves. */
const OWN_MAILS: ReadonlySet<string> = new Set(['/change-email', '/send-verification-email']);

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

interface SenderParts {
  sources: KnownSources;
  originOf: (email: string) => Promise<Origin>;
}

/**
 * Whose requests for mails are counted instead of those of the IP address, so that others at it do not
 * refuse them: of a signed-in user, or of a browser that is known to the account whose password is to
 * be set.
 */
export async function mailSenderOf(
  ctx: HookContext,
  { sources, originOf }: SenderParts,
): Promise<string | undefined> {
  if (OWN_MAILS.has(ctx.path)) {
    const caller = await callerOf(ctx);
    noteOwner(caller?.emailVerified === true);
    return caller?.id;
  }
  if (ctx.path !== ASK_FOR_RESET) return undefined;
  const device = await sources.deviceOf(ctx, await originOf(fieldOf(ctx.body, 'email')));
  noteOwner(device !== null);
  return device ?? undefined;
}

function noteOwner(isOwner: boolean): void {
  const context = requestContext.getStore();
  if (context) context.mailSender = { isAdministrator: false, ...context.mailSender, isOwner };
}

/** The id of the administrator, or of the service account for which the API acts. */
async function administratorOf(ctx: HookContext): Promise<string | undefined> {
  const client = ctx.headers?.get(ACTING_CLIENT_HEADER);
  if (client) return client;
  const caller = await callerOf(ctx);
  return isAdministrator(caller) ? caller?.id : undefined;
}
