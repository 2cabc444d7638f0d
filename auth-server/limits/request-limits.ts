import { RateLimiterMemory } from 'rate-limiter-flexible';
import { KNOWN_SHARE } from './known-browser';
import { refusal, type Policy, type Verdict } from './limit-headers';
import type { LimitKeys } from './limit-keys';
import type { LimitStore } from './limit-store';
import { WindowLimit, type WindowRule } from './window-limit';
import { fieldOf } from '../common/caller';

const HOUR = 3_600;

/** Limits of requests that cost something in any case: docs/security/limits.md. */
const REQUEST_RULES = {
  signUp: { name: 'sign-up', most: 20, window: HOUR },
  signUpAccount: { name: 'sign-up-account', most: 5, window: HOUR },
  mail: { name: 'mail', most: 20, window: HOUR },
  mailAccount: { name: 'mail-account', most: 5, window: HOUR },
  // Own budget, so that invitations do not use up the budget of the users.
  mailAdministrator: { name: 'mail-administrator', most: 300, window: HOUR },
  code: { name: 'code', most: 30, window: 900 },
  // Of senders who have proved something: requests that anyone can send do not use them up.
  secondStep: { name: 'second-step', most: 30, window: 900 },
  link: { name: 'link', most: 30, window: 900 },
  // Each adds an audit event, which is kept: docs/security/audit.md.
  ownChange: { name: 'own-change', most: 60, window: HOUR },
} as const satisfies Record<string, WindowRule>;

type RuleName = keyof typeof REQUEST_RULES;

/**
 * The limits of a path: for the IP address, and for the account whose e-mail address is in a field
 * of the body.
 */
interface PathRules {
  address: RuleName;
  account?: { rule: RuleName; field: string };
}

const PATHS: Record<string, PathRules> = {
  '/sign-up/email': { address: 'signUp', account: { rule: 'signUpAccount', field: 'email' } },
  '/request-password-reset': { address: 'mail', account: { rule: 'mailAccount', field: 'email' } },
  '/send-verification-email': { address: 'mail', account: { rule: 'mailAccount', field: 'email' } },
  '/change-email': { address: 'mail', account: { rule: 'mailAccount', field: 'newEmail' } },
  // The attempts at the second factor of one account have their own delay.
  '/two-factor/verify-totp': { address: 'code' },
  '/two-factor/verify-backup-code': { address: 'code' },
  '/reset-password': { address: 'code' },
};

/** Endpoints with which users change their own accounts as often as they like. */
export const OWN_CHANGES: ReadonlySet<string> = new Set([
  '/update-user',
  '/passkey/update-passkey',
  '/two-factor/forget-devices',
]);

/**
 * All requests of one IP address to one auth server. It keeps a flood away from the other limits.
 */
export const FLOOD = { name: 'requests', points: 500, duration: 10 } as const;

/** What the sender of a code has proved: a right password, or the link of a mail. */
export interface Proof {
  rule: 'secondStep' | 'link';
  key: string;
}

export interface LimitedRequest {
  path: string;
  body: unknown;
  network: string;
  /** The administrator, or the service account that acts, who causes a mail. */
  administrator?: string;
  /** The user, or the browser known to the account, that asks for a mail: `mail-senders.ts`. */
  sender?: string;
  /** Counts instead of the limits of the path. */
  proof?: Proof;
}

/** The limit that is nearest to its end, and the verdict about it. */
export interface Standing {
  policy: Policy;
  verdict: Verdict;
}

interface RequestLimitsParts {
  store: LimitStore;
  keys: LimitKeys;
  /** A factor for all quotas. */
  factor: number;
}

/** All limits except those of the password sign-in. */
export class RequestLimits {
  private readonly limits: Record<RuleName, WindowLimit>;
  private readonly flood: RateLimiterMemory;
  private readonly floodOfKnown: RateLimiterMemory;
  private readonly keys: LimitKeys;
  private readonly factor: number;

  constructor({ store, keys, factor }: RequestLimitsParts) {
    this.keys = keys;
    this.factor = factor;
    const entries = Object.entries(REQUEST_RULES).map(([name, rule]) => [
      name,
      new WindowLimit(store, { ...rule, most: rule.most * factor }),
    ]);
    this.limits = Object.fromEntries(entries) as Record<RuleName, WindowLimit>;
    const points = FLOOD.points * factor;
    this.flood = new RateLimiterMemory({ ...FLOOD, points });
    const known = { name: 'requests-known', points: Math.ceil(points * KNOWN_SHARE) };
    this.floodOfKnown = new RateLimiterMemory({ ...FLOOD, ...known, keyPrefix: known.name });
  }

  /**
   * @param findKnown finds the known browser that sends the request: `known-browser.ts`.
   * @throws {APIError} 429
   */
  async checkFlood(network: string, findKnown: () => string | null): Promise<void> {
    const { duration: window, name } = FLOOD;
    const quota = FLOOD.points * this.factor;
    const counted = await this.flood.penalty(network);
    if (counted.consumedPoints <= quota) return;
    const known = findKnown();
    const own = known === null ? null : await this.floodOfKnown.penalty(known);
    if (own && own.consumedPoints <= this.floodOfKnown.points) return;
    const reset = Math.max(1, Math.ceil(counted.msBeforeNext / 1_000));
    throw refusal({ name, quota, window }, { isAllowed: false, remaining: 0, reset });
  }

  /**
   * @returns `null` for a path without limits of its own.
   * @throws {APIError} 429
   */
  async check({ path, body, ...who }: LimitedRequest): Promise<Standing | null> {
    const rules = Object.hasOwn(PATHS, path) ? PATHS[path]! : null;
    if (!rules) return null;
    const { network, administrator, proof, sender } = who;
    if (administrator !== undefined) return this.take('mailAdministrator', administrator);
    if (proof) return this.take(proof.rule, proof.key);
    const standing = await this.take(rules.address, sender ?? network);
    if (!rules.account) return standing;
    const email = fieldOf(body, rules.account.field);
    // By path: requests of one kind, which any caller can send, do not use up those of another.
    const ofAccount = await this.take(rules.account.rule, `${this.keys.account(email)}:${path}`);
    return ofAccount.verdict.remaining < standing.verdict.remaining ? ofAccount : standing;
  }

  /** A right code is no guess: many users can share one address. */
  async giveCodeBack({ path, network, proof }: Omit<LimitedRequest, 'body'>): Promise<void> {
    if (!Object.hasOwn(PATHS, path) || PATHS[path]!.address !== 'code') return;
    const { rule, key } = proof ?? { rule: 'code', key: network };
    await this.limits[rule].giveBack(key);
  }

  /** @throws {APIError} 429 */
  checkOwnChange(userId: string): Promise<Standing> {
    return this.take('ownChange', userId);
  }

  private async take(name: RuleName, key: string): Promise<Standing> {
    const { most, ...rule } = REQUEST_RULES[name];
    const policy = { ...rule, quota: most * this.factor };
    const verdict = await this.limits[name].take(key);
    if (!verdict.isAllowed) throw refusal(policy, verdict);
    return { policy, verdict };
  }
}
