import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Policy, Verdict } from './limit-headers';
import type { LimitStore } from './limit-store';

export interface DelayRule {
  /** The name of the policy in the `RateLimit` headers. */
  name: string;
  /** Attempts in a window that need no pause. */
  free: number;
  /** Seconds from the first attempt until all attempts are forgotten. */
  window: number;
  /** The longest pause between two attempts, in seconds. */
  longest: number;
}

/**
 * Allows a number of attempts at once, then one at a time with pauses that double: 1, 2, 4 …
 * seconds. An attempt is counted before it runs, so parallel attempts do not avoid the limit. It
 * is given back when nothing was attempted.
 */
export class GrowingDelay {
  private readonly attempts: RateLimiterAbstract;
  /** Closed during the pause after each further attempt. */
  private readonly gate: RateLimiterAbstract;

  constructor(
    store: LimitStore,
    readonly rule: DelayRule,
  ) {
    const { name, free, window, longest } = rule;
    this.attempts = store.counter({ name, points: free, duration: window });
    this.gate = store.counter({ name: `${name}-gate`, points: 1, duration: longest });
  }

  /** The policy as the headers show it. */
  get policy(): Policy {
    const { name, free: quota, window } = this.rule;
    return { name, quota, window };
  }

  async take(key: string): Promise<Verdict> {
    const { free } = this.rule;
    const counted = await this.attempts.penalty(key);
    const remaining = free - counted.consumedPoints;
    if (remaining >= 0) return { isAllowed: true, remaining, reset: toSeconds(counted) };
    // A refused attempt is not counted: it does not extend the pause.
    await this.attempts.reward(key);
    const before = (await this.attempts.get(key))?.consumedPoints ?? free;
    return this.passGate(key, Math.max(before, free));
  }

  /** The refusal that {@link take} would return, without a write; `null` when it may allow one. */
  async findRefusal(key: string): Promise<Verdict | null> {
    const [counted, gate] = await Promise.all([this.attempts.get(key), this.gate.get(key)]);
    const isOver = (counted?.consumedPoints ?? 0) >= this.rule.free;
    if (!isOver || !gate || gate.consumedPoints < 1) return null;
    return { isAllowed: false, remaining: 0, reset: toSeconds(gate) };
  }

  /** Gives an attempt back that used nothing of the limit. */
  async giveBack(key: string): Promise<void> {
    await this.attempts.reward(key);
  }

  /** After a right password: the earlier attempts with the key no longer count. */
  async forget(key: string): Promise<void> {
    await Promise.all([this.attempts.delete(key), this.gate.delete(key)]);
  }

  /** As {@link forget}, after an attempt that this verdict allowed. */
  async forgetAllowed(key: string, { remaining }: Verdict): Promise<void> {
    // The gate is still open.
    if (remaining > 0) await this.attempts.delete(key);
    else await this.forget(key);
  }

  private async passGate(key: string, before: number): Promise<Verdict> {
    const pause = pauseAfter(before + 1 - this.rule.free, this.rule.longest);
    try {
      await this.gate.consume(key, 1, { customDuration: pause });
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return { isAllowed: false, remaining: 0, reset: toSeconds(refusal) };
    }
    await this.attempts.penalty(key);
    return { isAllowed: true, remaining: 0, reset: pause };
  }
}

/** The rule with its free attempts multiplied by a factor. */
export function scaled(rule: DelayRule, factor: number): DelayRule {
  return { ...rule, free: rule.free * factor };
}

/** @param count attempts after the free ones, with this one. */
export function pauseAfter(count: number, longest: number): number {
  return Math.min(longest, 2 ** Math.min(count - 1, 30));
}

function toSeconds({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1_000));
}
