import { compose, greetingOf, type Letter, type Message } from '../mail/link-mails';
import type { UserContact } from '../common/user-contact';

/**
 * Goes to the former address of an account. The owner of an address that was not verified may be
 * another person: the new address is not for them, and the user chooses its text.
 */
export function composeEmailChanged(owner: UserContact, newEmail: string): Message {
  return composeNotice(owner, {
    cause: 'email_changed',
    subject: 'Your e-mail address was changed',
    lines: [
      owner.emailVerified === true
        ? `Your account now belongs to ${newEmail}. This address is no longer used.`
        : 'The account with this address has another address now. This address is no longer used.',
    ],
    footer: 'If it was not you, tell the people who run this service at once.',
  });
}

/** Goes to the owner after every change of the password, by the user or an administrator. */
export function composePasswordChanged(owner: UserContact): Message {
  return composeNotice(owner, {
    cause: 'password_changed',
    subject: 'Your password was changed',
    lines: ['The password of your account was changed.'],
    footer: 'If it was not you, set a new password at once: ask for a reset with this address.',
  });
}

/** What the owner does when another person has made the change. */
const IF_NOT_YOU = {
  changed: 'If it was not you, set a new password and end your sessions.',
  // A new password leaves it in place.
  added: 'If it was not you, remove it, then set a new password and end your sessions.',
  // The rules for automatic linking can link it again: docs/security/federation.md.
  unlinked:
    'If the account there is no longer yours alone, secure it or add a second factor here: a sign-in with it can link it again. If it was not you, set a new password and end your sessions.',
  // The owner has no code and cannot sign in.
  'switched on': 'If it was not you, tell the people who run this service at once.',
};

export type SecurityChange = keyof typeof IF_NOT_YOU;

/** Goes to the owner after several wrong codes at the second step of a sign-in. */
export function composeSecondStepWarning(owner: UserContact): Message {
  return composeNotice(owner, {
    cause: 'security_notice',
    subject: 'Wrong codes of your second factor',
    lines: ['Your password was entered, and then several wrong codes of the second factor.'],
    footer: 'If it was not you, another person knows your password: set a new one.',
  });
}

/** Goes to the owner after a way to sign in was added, removed or changed. */
export function composeSecurityNotice(
  owner: UserContact,
  what: string,
  change: SecurityChange = 'changed',
): Message {
  return composeNotice(owner, {
    cause: 'security_notice',
    subject: what,
    lines: [`${what}.`],
    footer: IF_NOT_YOU[change],
  });
}

/** Goes to the owner after an administrator has removed the password and all other methods. */
export function composeSignInMethodsRemoved(owner: UserContact): Message {
  const what = 'An administrator removed all sign-in methods of your account';
  return composeNotice(owner, {
    cause: 'security_notice',
    subject: what,
    lines: [`${what}.`, 'To sign in again, ask for a new password with this address.'],
    footer: 'If you did not expect this, tell the people who run this service.',
  });
}

type Notice = Omit<Letter, 'to' | 'greeting'>;

function composeNotice(owner: UserContact, notice: Notice): Message {
  const message = compose({ ...notice, to: owner.email, greeting: greetingOf(owner) });
  return { ...message, isUnverified: owner.emailVerified !== true };
}
