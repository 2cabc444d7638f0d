import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { beginsSession, ownAnswerOf } from '../common/caller';
import { composeSecondStepWarning, composeSecurityNotice } from './notice-messages';
import type { UserContact } from '../common/user-contact';
import type { Mailer } from '../mail/mailer';

const VERIFY_TOTP = '/two-factor/verify-totp';
const ADD_PASSKEY = '/passkey/verify-registration';

/** The notice to the owner after a path has succeeded. */
const NOTICES: Record<string, string> = {
  '/two-factor/disable': 'The second factor of your account was switched off',
  '/two-factor/generate-backup-codes': 'New recovery codes were made for your account',
  '/two-factor/verify-backup-code': 'A recovery code was used to sign in to your account',
  [ADD_PASSKEY]: 'A passkey was added to your account',
  '/passkey/delete-passkey': 'A passkey was removed from your account',
};

const SWITCHED_ON = 'The second factor of your account was switched on';

/** A mail to the owner after a change of the second factor or of the passkeys. */
export function secondFactorNotices(mailer: Mailer) {
  return {
    id: 'second-factor-notices',
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === VERIFY_TOTP || Object.hasOwn(NOTICES, path ?? ''),
          handler: createAuthMiddleware(async ({ path, context }) => {
            const { session, newSession } = context;
            if (ownAnswerOf(context) instanceof Error) return;
            // A code of the app within a session switches the factor on, and replaces the session.
            const isSwitchedOn = path === VERIFY_TOTP && session && beginsSession(context);
            const what = isSwitchedOn ? SWITCHED_ON : NOTICES[path];
            const owner = (newSession ?? session)?.user;
            const change = isSwitchedOn
              ? 'switched on'
              : path === ADD_PASSKEY
                ? 'added'
                : 'changed';
            if (what && owner) await mailer.send(composeSecurityNotice(owner, what, change));
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** After several wrong codes at the second step of a sign-in. */
export async function notifySecondStepFailures(mailer: Mailer, owner: UserContact): Promise<void> {
  await mailer.send(composeSecondStepWarning(owner));
}
