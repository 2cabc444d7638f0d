import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Verdict } from './limit-headers';
import type { LimitStore } from './limit-store';

export interface WindowRule {
  /** Also the name of the policy, as callers see it. */
  name: string;
  /** Requests in a window, whatever comes of them. */
  most: number;
  /** Length of the window in seconds. */
  window: number;
}

/** So many requests in a window, for what is a burden even when it succeeds. */
export class WindowLimit {
  private readonly requests: RateLimiterAbstract;

  constructor(
    store: LimitStore,
    readonly rule: WindowRule,
  ) {
    const { name, most, window } = rule;
    this.requests = store.counter({ name, points: most, duration: window });
  }

  async take(key: string): Promise<Verdict> {
    const { isAllowed, state } = await this.requests.consume(key).then(
      (result) => ({ isAllowed: true, state: result }),
      (refusal: unknown) => {
        if (refusal instanceof RateLimiterRes) return { isAllowed: false, state: refusal };
        throw refusal;
      },
    );
    const reset = Math.max(1, Math.ceil(state.msBeforeNext / 1_000));
    return { isAllowed, remaining: Math.max(0, state.remainingPoints), reset };
  }
}
