import { compose, greetingOf, type Message } from '../mail/messages';
import type { UserContact } from '../common/user-contact';

const NOT_YOU = 'If it was not you, set a new password and end your sessions.';

/** A person with the password fails at the second step. */
export function composeSecondStepWarning(owner: UserContact): Message {
  return compose({
    to: owner.email,
    cause: 'security_notice',
    subject: 'Somebody fails at your second factor',
    greeting: greetingOf(owner),
    lines: [
      'Somebody signed in with your password and then gave several wrong codes of the second factor.',
    ],
    footer: 'If it was not you, your password is known to somebody else: set a new one.',
  });
}

/** A way to sign in was added or taken away. */
export function composeSecurityNotice(owner: UserContact, what: string): Message {
  return compose({
    to: owner.email,
    cause: 'security_notice',
    subject: what,
    greeting: greetingOf(owner),
    lines: [`${what}.`],
    footer: NOT_YOU,
  });
}
