import type { MailCause, Message } from './link-mails';

export interface MailboxEntry extends Message {
  sentAt: string;
}

export interface Mailer {
  /** Accepts a mail. After that, it is not lost. It does not wait for the mail server. */
  send(message: Message): Promise<void>;
  /** The development mailbox, newest first; `null` where mails are sent. */
  mailbox: readonly MailboxEntry[] | null;
  /** The number of mails that wait for the mail server. */
  queueLength(): Promise<number>;
  /** Mails that exceeded a budget since the start, by cause. */
  dropped: ReadonlyMap<MailCause, number>;
  close(): Promise<void>;
}
