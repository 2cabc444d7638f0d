import type { MailBudgets } from './mail-budgets';
import type { MailAttempts, MailboxEntry, Mailer } from './mailer.interface';
import type { MailCause, Message } from './link-mails';
import type { Logger } from '../../runtime/logger';

/**
 * Drops mails that exceed a budget. The answer to the caller is the same: one that
 * depends on the budget of a recipient reveals mails of other senders.
 */
export class BudgetedMailer implements Mailer {
  readonly dropped = new Map<MailCause, number>();

  constructor(
    private readonly inner: Mailer,
    private readonly parts: { budgets: MailBudgets; logger: Logger },
  ) {}

  get mailbox(): readonly MailboxEntry[] | null {
    return this.inner.mailbox;
  }

  get attempts(): Readonly<MailAttempts> | null {
    return this.inner.attempts;
  }

  async send(message: Message): Promise<void> {
    if (await this.parts.budgets.allow(message)) return this.inner.send(message);
    const { cause } = message;
    this.dropped.set(cause, (this.dropped.get(cause) ?? 0) + 1);
    this.parts.logger.warn({ cause }, 'mail dropped: it exceeds a budget');
  }

  queueLength(): Promise<number> {
    return this.inner.queueLength();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
