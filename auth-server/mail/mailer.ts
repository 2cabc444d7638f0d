import type { Pool } from 'pg';
import { BudgetedMailer } from './budgeted-mailer';
import { MailBudgets } from './mail-budgets';
import { MailQueue } from './mail-queue';
import { MailSender } from './mail-sender';
import type { MailAttempts, MailboxEntry, Mailer } from './mailer.interface';
import type { MailCause, Message } from './link-mails';

import type { AuthConfig } from '../common/config';
import { findLastingSecret, listSecrets, type Secrets } from '../common/secrets';
import type { LimitStore } from '../limits/limit-store';
import type { Logger } from '../../runtime/logger';

export type { MailboxEntry, Mailer } from './mailer.interface';

/** The number of mails that the development mailbox keeps. */
const MAILBOX_CAPACITY = 100;

export interface MailerParts {
  config: Pick<AuthConfig, 'smtpUrl' | 'mailFrom' | 'production'> &
    Secrets &
    Partial<Pick<AuthConfig, 'rateLimits'>>;
  pool: Pool;
  logger: Logger;
  /** Counts mails. Without it there are no budgets. */
  limitStore?: LimitStore | null;
}

/**
 * Sends with `SMTP_URL`. Without it, development keeps mails for `GET /dev/mailbox`, and
 * production logs that they are not sent.
 */
export function createMailer(parts: MailerParts): Mailer {
  const { config, limitStore, logger } = parts;
  const mailer = createSender(parts);
  if (!limitStore) return mailer;
  const factor = config.rateLimits?.quotas ?? 1;
  const budgets = new MailBudgets({ store: limitStore, secret: findLastingSecret(config), factor });
  return new BudgetedMailer(mailer, { budgets, logger });
}

function createSender(parts: MailerParts): Mailer {
  const { smtpUrl, production } = parts.config;
  if (smtpUrl !== null) return new SmtpMailer(parts, smtpUrl);
  return production ? new NoMailer(parts.logger) : new DevelopmentMailbox();
}

/** Without budgets no mail is dropped. */
const NONE: ReadonlyMap<MailCause, number> = new Map();

class SmtpMailer implements Mailer {
  readonly mailbox = null;
  readonly dropped = NONE;
  private readonly queue: MailQueue;
  private readonly sender: MailSender;

  constructor({ config, pool, logger }: MailerParts, smtpUrl: string) {
    this.queue = new MailQueue(pool, listSecrets(config));
    const { production, mailFrom: from } = config;
    this.sender = new MailSender({ queue: this.queue, logger, smtpUrl, production, from });
    this.sender.start();
  }

  get attempts(): Readonly<MailAttempts> {
    return this.sender.attempts;
  }

  async send(message: Message): Promise<void> {
    await this.queue.add(message);
    this.sender.wake();
  }

  async queueLength(): Promise<number> {
    return (await this.queue.state()).length;
  }

  close(): Promise<void> {
    return this.sender.stop();
  }
}

class DevelopmentMailbox implements Mailer {
  readonly mailbox: MailboxEntry[] = [];
  readonly attempts = null;
  readonly dropped = NONE;

  send({ to, cause, subject, text, html }: Message): Promise<void> {
    this.mailbox.unshift({ to, cause, subject, text, html, sentAt: new Date().toISOString() });
    this.mailbox.length = Math.min(this.mailbox.length, MAILBOX_CAPACITY);
    return Promise.resolve();
  }

  queueLength(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class NoMailer implements Mailer {
  readonly mailbox = null;
  readonly attempts = null;
  readonly dropped = NONE;

  constructor(private readonly logger: Logger) {
    logger.warn('SMTP_URL is not set: no mail can be sent');
  }

  send({ subject }: Message): Promise<void> {
    this.logger.error({ subject }, 'mail not sent: SMTP_URL is not set');
    return Promise.resolve();
  }

  queueLength(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
