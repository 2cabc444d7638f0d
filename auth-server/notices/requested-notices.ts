import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, getSessionFromCtx } from 'better-auth/api';
import { z } from 'zod';
import { ACTING_CLIENT_HEADER, COMMITTED_CHANGE_HEADER, NOTICES_PATH } from '../../contract';
import { composeEmailChanged, composeSecurityNotice } from './notice-messages';
import type { Mailer } from '../mail/mailer';
import { assertAdministrator, noSuchUser } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';

const FACTOR_REMOVED = 'An administrator removed the second factor of your account';

/** What has been done; for a change of the e-mail address, the address that gets the notice. */
const noticeSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('two_factor_removed'), userId: z.string() }),
  z.object({
    event: z.literal('email_changed'),
    userId: z.string(),
    formerEmail: z.email(),
    wasVerified: z.boolean().default(false),
  }),
]);

/**
 * Lets the API notify the owner of an account of a change by an administrator or a service
 * account: the API sends no mails. The request chooses one of the texts of this server.
 */
export function requestedNotices(mailer: Mailer) {
  return {
    id: 'owner-notices',
    endpoints: {
      noticeOwner: createAuthEndpoint(
        NOTICES_PATH,
        { method: 'POST', body: noticeSchema },
        async (ctx) => {
          await assertMayNotify(ctx);
          const context = requestContext.getStore();
          if (context) context.mailSender = { isAdministrator: true };
          const { body } = ctx;
          const user = await ctx.context.internalAdapter.findUserById(body.userId);
          if (!user) throw noSuchUser();
          await mailer.send(
            body.event === 'email_changed'
              ? composeEmailChanged(
                  { name: user.name, email: body.formerEmail, emailVerified: body.wasVerified },
                  user.email,
                )
              : composeSecurityNotice(user, FACTOR_REMOVED),
          );
          return ctx.json({ status: true });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

/**
 * The API has checked the caller before it committed the change, and only the API sends the headers.
 * A session can end between the change and its notice.
 */
async function assertMayNotify(ctx: HookContext): Promise<void> {
  const { headers } = ctx;
  if (headers?.has(COMMITTED_CHANGE_HEADER) || headers?.has(ACTING_CLIENT_HEADER)) return;
  const user = (await getSessionFromCtx(ctx))?.user;
  if (!user) throw new APIError('UNAUTHORIZED', { code: 'UNAUTHORIZED', message: 'Unauthorized' });
  assertAdministrator(user);
}
