import { compose, greetingOf, type Message } from '../mail/messages';
import type { UserContact } from '../common/user-contact';

/** Asks the present address whether the account may move to another one. */
export function composeEmailChangeConfirmation(
  owner: UserContact,
  { newEmail, url }: { newEmail: string; url: string },
): Message {
  return compose({
    to: owner.email,
    cause: 'email_change',
    subject: 'Confirm the change of your e-mail address',
    greeting: greetingOf(owner),
    lines: [
      `Somebody signed in as you asked to change your address to ${newEmail}.`,
      'After you confirm, a mail to the new address asks for the last step.',
    ],
    link: { label: 'Confirm the change', url },
    footer:
      'The link works for an hour. If it was not you, do not follow it: set a new password and end your sessions.',
  });
}

/** Asks the new address to prove itself: the change happens when its link is followed. */
export function composeNewEmailVerification(owner: UserContact, url: string): Message {
  return compose({
    to: owner.email,
    cause: 'email_change',
    subject: 'Confirm your new e-mail address',
    greeting: null,
    lines: ['Please confirm that this is to be the new address of your account.'],
    link: { label: 'Use this address', url },
    footer: 'The link works for an hour. If you did not ask for it, ignore this mail.',
  });
}

/** Goes to the address that an account had until now. */
export function composeEmailChanged(owner: UserContact, newEmail: string): Message {
  return compose({
    to: owner.email,
    cause: 'email_changed',
    subject: 'Your e-mail address was changed',
    greeting: greetingOf(owner),
    lines: [`Your account now belongs to ${newEmail}. This address is no longer used.`],
    footer: 'If it was not you, tell the people who run this service at once.',
  });
}

/** Goes to the owner after every change of the password, by the user or an administrator. */
export function composePasswordChanged(owner: UserContact): Message {
  return compose({
    to: owner.email,
    cause: 'password_changed',
    subject: 'Your password was changed',
    greeting: greetingOf(owner),
    lines: ['The password of your account was changed.'],
    footer: 'If it was not you, set a new password at once: ask for a reset with this address.',
  });
}
