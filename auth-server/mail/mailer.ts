import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport, type Transporter } from 'nodemailer';
import type { Message } from './messages';
import type { AuthConfig } from '../config';
import type { Logger } from '../../runtime/logger';

/** Pauses between the attempts to hand a mail to a server that is away, in milliseconds. */
const PAUSES_MS = [1_000, 5_000, 15_000, 60_000];

/** A server that does not answer is tried again later, not waited for. */
const SMTP_LIMIT_MS = 10_000;

/** What the development mailbox keeps at most. */
const MAILBOX_CAPACITY = 100;

export interface MailboxEntry extends Message {
  sentAt: string;
}

export interface Mailer {
  /** Takes the mail over and returns at once: how long a mail takes says whether an account exists. */
  send(message: Message): void;
  /** The development mailbox, newest first; `null` where mails really go out. */
  mailbox: readonly MailboxEntry[] | null;
  close(): void;
}

/**
 * Sends over `SMTP_URL`. Without it, development keeps mails to be read at
 * `GET /dev/mailbox`, and production says that they cannot be sent.
 */
export function createMailer(config: AuthConfig, logger: Logger): Mailer {
  if (config.smtpUrl !== null) return new SmtpMailer(config, logger);
  return config.production ? new NoMailer(logger) : new DevelopmentMailbox();
}

class SmtpMailer implements Mailer {
  readonly mailbox = null;
  private readonly transport: Transporter;
  private readonly closing = new AbortController();

  constructor(
    private readonly config: AuthConfig,
    private readonly logger: Logger,
  ) {
    const limits = { connectionTimeout: SMTP_LIMIT_MS, socketTimeout: SMTP_LIMIT_MS };
    this.transport = createTransport({ url: config.smtpUrl!, ...limits });
  }

  send(message: Message): void {
    void this.deliver(message);
  }

  close(): void {
    this.closing.abort();
    this.transport.close();
  }

  private async deliver(message: Message): Promise<void> {
    for (const pause of [0, ...PAUSES_MS]) {
      try {
        await sleep(pause, undefined, { signal: this.closing.signal });
        await this.transport.sendMail({ ...message, from: this.config.mailFrom });
        return;
      } catch (error) {
        if (this.closing.signal.aborted) break;
        this.logger.warn(
          { reason: toReason(error), subject: message.subject },
          'mail not sent yet',
        );
      }
    }
    this.logger.error({ subject: message.subject }, 'mail given up');
  }
}

class DevelopmentMailbox implements Mailer {
  readonly mailbox: MailboxEntry[] = [];

  send(message: Message): void {
    this.mailbox.unshift({ ...message, sentAt: new Date().toISOString() });
    this.mailbox.length = Math.min(this.mailbox.length, MAILBOX_CAPACITY);
  }

  close(): void {
    // Nothing is under way.
  }
}

class NoMailer implements Mailer {
  readonly mailbox = null;

  constructor(private readonly logger: Logger) {
    logger.warn('SMTP_URL is not set: no mail can be sent');
  }

  send({ subject }: Message): void {
    this.logger.error({ subject }, 'mail not sent: SMTP_URL is not set');
  }

  close(): void {
    // Nothing is under way.
  }
}

function toReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
