import { composeProof, emailChanges } from './email-change';
import { verifyMailedAddress } from './recovered-account';
import { ACCOUNT_MAPPING, USER_MAPPING, VERIFICATION_MAPPING } from './schema';
import { checkUserUpdate, checkUserWrite } from './user-policy';
import type { AuthConfig } from '../common/config';
import type { UserContact } from '../common/user-contact';
import { DEFAULT_ROLE } from '../../contract';
import type { Mailer } from '../mail/mailer';
import { composeAlreadyRegistered, composePasswordReset } from '../mail/link-mails';
import { toPageUrl, toVerificationUrl } from '../mail/page-links';

export { ACCOUNT_MAPPING, VERIFICATION_MAPPING, verifyMailedAddress };

/**
 * Disabled. With a stolen session, the first checks passwords without a limit, and no other caller
 * needs it. The API deletes accounts.
 */
export const CLOSED_USER_PATHS = ['/verify-password', '/delete-user', '/delete-user/callback'];

/** The user: table, and the change of the e-mail address. */
export function userOptions(mailer: Mailer, { authUrl }: Pick<AuthConfig, 'authUrl'>) {
  return { ...USER_MAPPING, ...emailChanges(mailer, authUrl) };
}

/** Every write of a user is checked, from all endpoints and plugins. */
export const USER_HOOKS = {
  create: { before: checkUserWrite },
  update: { before: checkUserUpdate },
};

/** The mails of sign-up and password reset. Each goes to the address that the database has. */
export function passwordMails(mailer: Mailer, { authUrl }: AuthConfig) {
  return {
    sendResetPassword: async (reset: { user: UserContact; url: string; token: string }) => {
      const url = toPageUrl(reset.url, `${authUrl}/reset-password`);
      await mailer.send(composePasswordReset(reset.user, { url, token: reset.token }));
    },
    onExistingUserSignUp: async ({ user }: { user: UserContact }) =>
      mailer.send(composeAlreadyRegistered(user)),
  };
}

/** The mail that proves an e-mail address, of a sign-up or of a change. */
export function verificationMails(mailer: Mailer, { authUrl }: AuthConfig) {
  return {
    sendOnSignIn: true,
    sendVerificationEmail: async (proof: Proof) => {
      const url = toVerificationUrl(proof.url, authUrl);
      await mailer.send(composeProof(proof.user, { ...proof, url }));
    },
  };
}

interface Proof {
  user: UserContact & { id: string };
  url: string;
  token: string;
}

interface SyntheticUser {
  coreFields: { name: string };
  id: string;
}

/**
 * With required verification, a sign-up with a taken e-mail address is answered with a user
 * that does not exist. It has the same fields as a user that is made. The database stores names in
 * NFC.
 */
export function toSyntheticUser({ coreFields, id }: SyntheticUser) {
  const name = coreFields.name.normalize('NFC');
  return { ...coreFields, name, role: DEFAULT_ROLE, twoFactorEnabled: false, id };
}
