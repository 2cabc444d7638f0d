import type { MailCause, Message } from './link-mails';

export interface MailboxEntry extends Message {
  sentAt: string;
}

/** How an attempt to send a mail ended: `delayed` is tried again, `given_up` is not. */
export const MAIL_OUTCOMES = ['sent', 'delayed', 'given_up'] as const;

export type MailAttempts = Record<(typeof MAIL_OUTCOMES)[number], number>;

export interface Mailer {
  /** Accepts a mail. After that, it is not lost. It does not wait for the mail server. */
  send(message: Message): Promise<void>;
  /** The development mailbox, newest first; `null` where mails are sent. */
  mailbox: readonly MailboxEntry[] | null;
  /** The number of mails that wait for the mail server. */
  queueLength(): Promise<number>;
  /** Attempts of this process to send a mail since its start; `null` without a mail server. */
  attempts: Readonly<MailAttempts> | null;
  /** Mails that exceeded a budget since the start, by cause. */
  dropped: ReadonlyMap<MailCause, number>;
  close(): Promise<void>;
}
