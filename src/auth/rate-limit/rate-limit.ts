import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { describePolicy, describeRest } from '../../../runtime/http/rate-limit-headers';
import { WindowCounters } from '../../../runtime/network/window-counters';

export interface RateLimitOptions {
  /** The name of the policy in the headers. */
  name: string;
  /** Requests in a window. */
  quota: number;
  windowSeconds: number;
  /** Shares the counters between replicas; without it, each replica has its own counters. */
  redis: Redis | null;
}

/** The state of the limit after a request was counted. */
export interface RateLimitState {
  isAllowed: boolean;
  remaining: number;
  /** Seconds until the full quota is available, rounded up. */
  resetSeconds: number;
}

/** One limit: a number of requests in a window for each caller. */
export class RateLimit {
  /** Value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
  readonly policy: string;
  private readonly own: WindowCounters;
  /** `null`: each replica counts for itself. */
  private readonly shared: RateLimiterRedis | null;

  constructor(private readonly options: RateLimitOptions) {
    const { name, quota, windowSeconds, redis } = options;
    this.policy = describePolicy({ name, quota, window: windowSeconds });
    this.own = new WindowCounters(windowSeconds * 1_000);
    const limits = { points: quota, duration: windowSeconds, keyPrefix: `gatehouse:api:${name}` };
    this.shared =
      redis &&
      new RateLimiterRedis({
        ...limits,
        storeClient: redis,
        rejectIfRedisNotReady: true,
      });
  }

  /** Counts a request; without Redis the state is known at once. */
  count(caller: string): RateLimitState | Promise<RateLimitState> {
    return this.shared ? this.countShared(this.shared, caller) : this.countAlone(caller);
  }

  /** While Redis is unavailable, each replica has its own counters: no request is refused for that reason. */
  private async countShared(counters: RateLimiterRedis, caller: string): Promise<RateLimitState> {
    try {
      return fromResult(await counters.consume(caller), true);
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return fromResult(refusal, false);
      return this.countAlone(caller);
    }
  }

  /** Counts a request in this replica only. */
  countAlone(caller: string): RateLimitState {
    const { quota } = this.options;
    const { used, msLeft } = this.own.count(caller, Date.now());
    return toState({ isAllowed: used <= quota, remaining: quota - used, msLeft });
  }

  /** Value of `RateLimit`. */
  describe({ remaining, resetSeconds }: RateLimitState): string {
    return describeRest(this.options, { remaining, reset: resetSeconds });
  }
}

function fromResult(result: RateLimiterRes, isAllowed: boolean): RateLimitState {
  const { remainingPoints: remaining, msBeforeNext: msLeft } = result;
  return toState({ isAllowed, remaining, msLeft });
}

interface Count {
  isAllowed: boolean;
  remaining: number;
  msLeft: number;
}

function toState({ isAllowed, remaining, msLeft }: Count): RateLimitState {
  const resetSeconds = Math.max(1, Math.ceil(msLeft / 1_000));
  return { isAllowed, remaining: Math.max(0, remaining), resetSeconds };
}
