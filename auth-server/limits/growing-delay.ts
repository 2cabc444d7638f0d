import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Policy, Verdict } from './limit-headers';
import type { LimitStore } from './limit-store';

export interface DelayRule {
  /** Also the name of the policy, as callers see it. */
  name: string;
  /** Attempts in a window that cost nothing but themselves. */
  free: number;
  /** Seconds after which all attempts are forgotten, from the first one. */
  window: number;
  /** Longest time between two attempts beyond the free ones, in seconds. */
  longest: number;
}

/**
 * Lets some attempts through at once, and then one at a time, with pauses between them that
 * double: 1, 2, 4 … seconds. An attempt is counted before it is made, so that many at the
 * same time are no way around, and given back when it was none.
 */
export class GrowingDelay {
  private readonly attempts: RateLimiterAbstract;
  /** Closed after each attempt beyond the free ones, for the length of the pause. */
  private readonly gate: RateLimiterAbstract;

  constructor(
    store: LimitStore,
    readonly rule: DelayRule,
  ) {
    const { name, free, window, longest } = rule;
    this.attempts = store.counter({ name, points: free, duration: window });
    this.gate = store.counter({ name: `${name}-gate`, points: 1, duration: longest });
  }

  /** What callers are told of the rule. */
  get policy(): Policy {
    const { name, free: quota, window } = this.rule;
    return { name, quota, window };
  }

  async take(key: string): Promise<Verdict> {
    const { free } = this.rule;
    const counted = await this.attempts.penalty(key);
    const remaining = free - counted.consumedPoints;
    if (remaining >= 0) return { isAllowed: true, remaining, reset: toSeconds(counted) };
    // What is refused does not count: waiting impatiently does not make the wait longer.
    await this.attempts.reward(key);
    const before = (await this.attempts.get(key))?.consumedPoints ?? free;
    return this.passGate(key, Math.max(before, free));
  }

  /** The attempt was none: it asked for nothing that is limited. */
  async giveBack(key: string): Promise<void> {
    await this.attempts.reward(key);
  }

  /** Whoever is behind the key has proved to be no attacker. */
  async forget(key: string): Promise<void> {
    await Promise.all([this.attempts.delete(key), this.gate.delete(key)]);
  }

  /** As {@link forget}, after an attempt that was let through with this verdict. */
  async settle(key: string, { remaining }: Verdict): Promise<void> {
    // Nobody has closed the gate yet.
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

/** The rule with so many times as many free attempts. */
export function scaled(rule: DelayRule, factor: number): DelayRule {
  return { ...rule, free: rule.free * factor };
}

/** @param count attempts beyond the free ones, this one included. */
export function pauseAfter(count: number, longest: number): number {
  return Math.min(longest, 2 ** Math.min(count - 1, 30));
}

function toSeconds({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1_000));
}
