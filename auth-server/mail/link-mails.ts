import type { UserContact } from '../common/user-contact';
import { escapeHtml } from '../../runtime/pages/html-escape';

/** The kinds of mails, as budgets and metrics count them. */
export type MailCause =
  | 'verification'
  | 'email_change'
  | 'password_reset'
  | 'already_registered'
  | 'security_notice'
  | 'password_changed'
  | 'email_changed';

/** A composed mail. */
export interface Message {
  to: string;
  cause: MailCause;
  /** The user who named the recipient. */
  senderId?: string;
  /** To an address that is not verified: it may belong to another person. */
  isUnverified?: boolean;
  subject: string;
  text: string;
  html: string;
  /** The time after which the mail is of no use, in milliseconds; omitted: one day. */
  usefulForMs?: number;
}

/** The lifetime of links and codes in mails. */
const LINK_LIFETIME_MS = 3_600_000;

export interface Letter {
  to: string;
  cause: MailCause;
  subject: string;
  /** The name; `null` in a mail to an address that is not verified: another person wrote it. */
  greeting: string | null;
  lines: string[];
  /** The action that the mail asks for. */
  link?: { label: string; url: string };
  footer: string;
}

/** Asks a new user to verify the e-mail address. */
export function composeVerification(user: UserContact, url: string): Message {
  return compose({
    to: user.email,
    cause: 'verification',
    subject: 'Confirm your e-mail address',
    greeting: null,
    lines: ['Please confirm that this address is yours.'],
    link: { label: 'Confirm the address', url },
    footer: 'The link works for an hour. If you did not sign up, ignore this mail.',
  });
}

/** Asks the present address to confirm the change to another one. */
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
      `A change of your e-mail address to ${newEmail} was requested with your account.`,
      'After you confirm, a mail to the new address asks for the last step.',
    ],
    link: { label: 'Confirm the change', url },
    footer:
      'The link works for an hour. If it was not you, do not follow it: set a new password and end your sessions.',
  });
}

/** Asks the new address for the last step: its link makes the change. */
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

/** Lets a user set a new password: with the page that asked for it, or with the code. */
export function composePasswordReset(
  user: UserContact,
  { url, token }: { url: string; token: string },
): Message {
  const leadsToPage = (new URL(url).searchParams.get('callbackURL') ?? '') !== '';
  const message = compose({
    to: user.email,
    cause: 'password_reset',
    subject: 'Set a new password',
    greeting: greetingOf(user),
    lines: ['A new password was requested for your account.', `Code: ${token}`],
    link: leadsToPage ? { label: 'Set a new password', url } : undefined,
    footer: 'It works once, for an hour. If it was not you, ignore this mail.',
  });
  const isUnverified = user.emailVerified !== true;
  return { ...message, isUnverified, usefulForMs: LINK_LIFETIME_MS };
}

/** Informs the owner of an e-mail address that a sign-up with it was attempted. */
export function composeAlreadyRegistered(user: UserContact): Message {
  return compose({
    to: user.email,
    cause: 'already_registered',
    subject: 'You have an account already',
    greeting: greetingOf(user),
    lines: [
      'A sign-up with your e-mail address was attempted. You have an account: sign in instead.',
    ],
    footer: 'If it was not you, there is nothing to do.',
  });
}

/** Only the owner of a verified address has chosen the name. */
export function greetingOf({ name, emailVerified }: UserContact): string | null {
  return emailVerified === true ? name : null;
}

/** Composes a mail as text and as HTML. */
export function compose(letter: Letter): Message {
  const { to, cause, subject, lines, link, footer } = letter;
  const greeting = letter.greeting === null ? 'Hello,' : `Hello ${letter.greeting},`;
  const text = [greeting, ...lines, ...(link ? [`${link.label}:\n${link.url}`] : []), footer].join(
    '\n\n',
  );
  const html = [
    `<p>${escapeHtml(greeting)}</p>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...(link ? [`<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`] : []),
    `<p>${escapeHtml(footer)}</p>`,
  ].join('\n');
  return { to, cause, subject, text, html, ...(link && { usefulForMs: LINK_LIFETIME_MS }) };
}
