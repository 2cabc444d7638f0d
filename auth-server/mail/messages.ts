import type { UserContact } from '../common/user-contact';
import { escapeHtml } from '../../runtime/html-escape';

/** A mail as it is composed, before it is anybody's problem how it travels. */
export interface Message {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** How long the mail is worth sending, in milliseconds; a day where nothing is said. */
  usefulForMs?: number;
}

/** How long links and codes of mails work. */
const LINK_LIFETIME_MS = 3_600_000;

interface Letter {
  to: string;
  subject: string;
  greeting: string;
  lines: string[];
  /** What to do, and where. */
  link?: { label: string; url: string };
  footer: string;
}

/** Asks a new user to prove their address. */
export function composeVerification(user: UserContact, url: string): Message {
  return compose({
    to: user.email,
    subject: 'Confirm your e-mail address',
    greeting: user.name,
    lines: ['Please confirm that this address is yours.'],
    link: { label: 'Confirm the address', url },
    footer: 'The link works for an hour. If you did not sign up, ignore this mail.',
  });
}

/** Lets a user set a new password: on the page that asked for it, or with the code alone. */
export function composePasswordReset(
  user: UserContact,
  { url, token }: { url: string; token: string },
): Message {
  const leadsToPage = (new URL(url).searchParams.get('callbackURL') ?? '') !== '';
  const message = compose({
    to: user.email,
    subject: 'Set a new password',
    greeting: user.name,
    lines: ['Somebody asked for a new password for your account.', `Code: ${token}`],
    link: leadsToPage ? { label: 'Set a new password', url } : undefined,
    footer: 'It works once, for an hour. If it was not you, ignore this mail.',
  });
  return { ...message, usefulForMs: LINK_LIFETIME_MS };
}

/** Goes to the owner of an address with which somebody tried to sign up again. */
export function composeAlreadyRegistered(user: UserContact): Message {
  return compose({
    to: user.email,
    subject: 'You have an account already',
    greeting: user.name,
    lines: ['Somebody tried to sign up with your address. You have an account: sign in instead.'],
    footer: 'If it was not you, there is nothing to do.',
  });
}

/** One letter as text and as HTML. */
export function compose({ to, subject, greeting, lines, link, footer }: Letter): Message {
  const text = [
    `Hello ${greeting},`,
    ...lines,
    ...(link ? [`${link.label}:\n${link.url}`] : []),
    footer,
  ].join('\n\n');
  const html = [
    `<p>Hello ${escapeHtml(greeting)},</p>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...(link ? [`<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`] : []),
    `<p>${escapeHtml(footer)}</p>`,
  ].join('\n');
  return { to, subject, text, html, ...(link && { usefulForMs: LINK_LIFETIME_MS }) };
}
