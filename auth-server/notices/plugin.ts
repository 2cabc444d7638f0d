import type { Pool } from 'pg';
import { emailNotices } from './email-notices';
import { passwordNotices } from './password-notices';
import { providerNotices } from './provider-notices';
import { requestedNotices } from './requested-notices';
import { secondFactorNotices } from './second-factor-notices';
import type { Mailer } from '../mail/mailer';

/**
 * All mails that inform the owner of an account about a change. Each file decides for one kind of
 * change when a mail is sent and to which address; `notice-messages.ts` has the texts.
 *
 * - `password-notices.ts`: a new password, by the user, an administrator or a reset.
 * - `email-notices.ts`: a new e-mail address; the mail goes to the former one.
 * - `provider-notices.ts`: a sign-in provider is linked or unlinked.
 * - `second-factor-notices.ts`: second factor, recovery codes, passkeys, wrong codes.
 * - `requested-notices.ts`: changes that the API makes for an administrator or a service account;
 *   `notice-job.ts` sends those that it could not request.
 *
 * Mails that ask for an action, with a link, are in `mail/link-mails.ts`.
 */
export function notices(mailer: Mailer, pool: Pool) {
  return [
    secondFactorNotices(mailer),
    providerNotices(mailer),
    emailNotices(mailer),
    passwordNotices(mailer),
    requestedNotices(mailer, pool),
  ];
}
