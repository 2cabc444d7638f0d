import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint, getSessionFromCtx } from 'better-auth/api';
import type { Pool } from 'pg';
import { z } from 'zod';
import { ACTING_CLIENT_HEADER, COMMITTED_CHANGE_HEADER, NOTICES_PATH } from '../../contract';
import {
  composeEmailChanged,
  composeSecurityNotice,
  composeSignInMethodsRemoved,
} from './notice-messages';
import type { Message } from '../mail/link-mails';
import type { Mailer } from '../mail/mailer';
import { assertAdministrator, noSuchUser } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import type { UserContact } from '../common/user-contact';

const FACTOR_REMOVED = 'An administrator removed the second factor of your account';

/** What has been done; for a change of the e-mail address, the address that gets the notice. */
const noticeSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.enum(['two_factor_removed', 'sign_in_methods_removed']),
    userId: z.string(),
    noticeId: z.uuid().optional(),
  }),
  z.object({
    event: z.literal('email_changed'),
    userId: z.string(),
    formerEmail: z.email(),
    wasVerified: z.boolean().default(false),
    noticeId: z.uuid().optional(),
  }),
]);

export type RequestedNotice = z.infer<typeof noticeSchema>;

/** Of the row that the API has written with the change: `notice-job.ts` sends what is left. */
const REMOVE = 'DELETE FROM owner_notice WHERE id = $1';

/**
 * Lets the API notify the owner of an account of a change by an administrator or a service
 * account: the API sends no mails. The request chooses one of the texts of this server.
 */
export function requestedNotices(mailer: Mailer, pool: Pool) {
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
          await mailer.send(composeNotice(user, body));
          if (body.noticeId) await pool.query(REMOVE, [body.noticeId]);
          return ctx.json({ status: true });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

export function composeNotice(user: UserContact, notice: RequestedNotice): Message {
  if (notice.event !== 'email_changed') {
    return notice.event === 'two_factor_removed'
      ? composeSecurityNotice(user, FACTOR_REMOVED)
      : composeSignInMethodsRemoved(user);
  }
  const { formerEmail: email, wasVerified: emailVerified } = notice;
  return composeEmailChanged({ name: user.name, email, emailVerified }, user.email);
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
