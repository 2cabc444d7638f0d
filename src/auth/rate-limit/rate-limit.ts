import { hash, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export interface RateLimitOptions {
  /** Name of the policy, as callers see it. */
  name: string;
  /** Requests in a window. */
  quota: number;
  windowSeconds: number;
  /** Shares the counters between replicas; without it each replica counts for itself. */
  redis: Redis | null;
}

/** Where a caller stands after a request was counted. */
export interface RateLimitState {
  isAllowed: boolean;
  remaining: number;
  /** Until the quota is whole again, rounded up. */
  resetSeconds: number;
}

/**
 * Memory is bounded whatever anyone sends: callers share this many counters. With fewer
 * callers in a window than that, hardly any two share one; and who shares one with whom is not for
 * anyone to choose.
 */
const COUNTERS = 65_536;

/** One limit: so many requests in a window for each caller. */
export class RateLimit {
  /** Value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
  readonly policy: string;
  private readonly counters: RateLimiterMemory | RateLimiterRedis;
  private readonly salt = randomUUID();

  constructor(private readonly options: RateLimitOptions) {
    const { name, quota, windowSeconds, redis } = options;
    this.policy = `"${name}";q=${quota};w=${windowSeconds}`;
    const limits = { points: quota, duration: windowSeconds, keyPrefix: `gatehouse:api:${name}` };
    const memory = new RateLimiterMemory(limits);
    this.counters = redis
      ? new RateLimiterRedis({
          ...limits,
          storeClient: redis,
          rejectIfRedisNotReady: true,
          // Without Redis each replica counts for itself: a limit is no reason to refuse everybody.
          insuranceLimiter: memory,
        })
      : memory;
  }

  async count(caller: string): Promise<RateLimitState> {
    const key = this.options.redis ? caller : this.counterOf(caller);
    try {
      return toState(await this.counters.consume(key), true);
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return toState(refusal, false);
      throw refusal;
    }
  }

  /** Value of `RateLimit`. */
  describe({ remaining, resetSeconds }: RateLimitState): string {
    return `"${this.options.name}";r=${remaining};t=${resetSeconds}`;
  }

  private counterOf(caller: string): number {
    return hash('sha256', this.salt + caller, 'buffer').readUInt32BE() % COUNTERS;
  }
}

function toState(result: RateLimiterRes, isAllowed: boolean): RateLimitState {
  const resetSeconds = Math.max(1, Math.ceil(result.msBeforeNext / 1_000));
  return { isAllowed, remaining: Math.max(0, result.remainingPoints), resetSeconds };
}
