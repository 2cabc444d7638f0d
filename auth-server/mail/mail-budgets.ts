import type { MailCause, Message } from './link-mails';
import { requestContext } from '../common/request-context';
import { LimitKeys } from '../limits/limit-keys';
import type { LimitStore } from '../limits/limit-store';
import { WindowLimit, type WindowRule } from '../limits/window-limit';

const HOUR = 3_600;

/** Mails in one hour: docs/security/limits.md. */
const RULES = {
  /** One kind of mail to one address. A notice is the result of a change that its owner made. */
  recipient: { name: 'mail-recipient', most: 5, window: HOUR },
  noticeRecipient: { name: 'mail-notice', most: 20, window: HOUR },
  /** One kind of mail to one address that administrators cause: the budget of the user remains. */
  byAdministrator: { name: 'mail-by-administrator', most: 10, window: HOUR },
  /**
   * All mails that one IP address causes, except notices to verified addresses and mails of owners to
   * themselves. Those to addresses that users name count apart from those that strangers cause.
   */
  network: { name: 'mail-network', most: 40, window: HOUR },
  /** Mails to addresses that one user names. */
  account: { name: 'mail-sender', most: 10, window: HOUR },
} as const satisfies Record<string, WindowRule>;

type RuleName = keyof typeof RULES;

const NOTICES = new Set<MailCause>(['security_notice', 'password_changed', 'email_changed']);

export interface MailBudgetParts {
  store: LimitStore;
  secret: string;
  /** A factor for all quotas. */
  factor: number;
}

/**
 * Counts each mail where it is sent, so that no endpoint and no use of a link is left out: by
 * recipient and cause, by the account that names the recipient, and by the IP address.
 */
export class MailBudgets {
  private readonly keys: LimitKeys;
  private readonly limits: Record<RuleName, WindowLimit>;

  constructor({ store, secret, factor }: MailBudgetParts) {
    this.keys = new LimitKeys(secret);
    const entries = Object.entries(RULES).map(([name, rule]) => [
      name,
      new WindowLimit(store, { ...rule, most: rule.most * factor }),
    ]);
    this.limits = Object.fromEntries(entries) as Record<RuleName, WindowLimit>;
  }

  /** Counts the mail. @returns `false` when a budget does not allow it. */
  async allow({ to, cause, senderId, isUnverified = false }: Message): Promise<boolean> {
    const recipient = `${cause}:${this.keys.account(to)}`;
    const { mailSender: sender, administrator, network } = requestContext.getStore() ?? {};
    const isByAdministrator = administrator !== undefined || sender?.isAdministrator === true;
    if (NOTICES.has(cause)) {
      const counts = isUnverified && !isByAdministrator && network !== undefined;
      if (counts && !(await this.take('network', network))) return false;
      return this.take('noticeRecipient', recipient);
    }
    if (isByAdministrator) return this.take('byAdministrator', recipient);
    // The sender first: an exhausted sender does not use up the budget of a recipient.
    const isNamed = senderId !== undefined;
    const isOwn = sender?.isOwner === true && !isUnverified && !isNamed;
    const source = isNamed && network !== undefined ? `users:${network}` : network;
    if (!isOwn && source !== undefined && !(await this.take('network', source))) return false;
    if (senderId !== undefined && !(await this.take('account', senderId))) return false;
    return this.take('recipient', recipient);
  }

  private async take(name: RuleName, key: string): Promise<boolean> {
    return (await this.limits[name].take(key)).isAllowed;
  }
}
