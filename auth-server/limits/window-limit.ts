import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Verdict } from './limit-headers';
import type { LimitStore } from './limit-store';

export interface WindowRule {
  /** The name of the policy in the `RateLimit` headers. */
  name: string;
  /** Requests in a window, successful or not, unless the limit gives a request back. */
  most: number;
  /** The window in seconds. */
  window: number;
}

/** Allows a number of requests in a window. */
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

  async giveBack(key: string): Promise<void> {
    await this.requests.reward(key);
  }
}
