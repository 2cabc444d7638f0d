import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  type IRateLimiterOptions,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import type { Logger } from '../../runtime/logger';

/** Counters that take longer to answer are as good as away. */
const ANSWER_LIMIT_MS = 500;

/** How often counters that are over are cleared away, in milliseconds. */
const CLEARING_INTERVAL_MS = 300_000;

const DELETE_OVER = 'DELETE FROM rate_limit WHERE expire < $1';

export interface CounterOptions {
  name: string;
  /** What a key may use up in a window. */
  points: number;
  /** Length of a window in seconds, from its first use. */
  duration: number;
}

/**
 * Where the auth servers count together. While that place is away, each of them counts for
 * itself, and the log says so once.
 */
export interface LimitStore {
  counter(options: CounterOptions): RateLimiterAbstract;
  close(): void;
}

interface Parts {
  config: { redisUrl: string | null };
  pool: Pool;
  logger: Logger;
}

/** Redis where there is one, else PostgreSQL. */
export function createLimitStore({ config, pool, logger }: Parts): LimitStore {
  const { redisUrl } = config;
  return redisUrl === null ? inPostgres(pool, logger) : inRedis(redisUrl, logger);
}

function inRedis(url: string, logger: Logger): LimitStore {
  const redis = new Redis(url, {
    commandTimeout: ANSWER_LIMIT_MS,
    // One that hangs is hung up on: a sign-in would wait for each of its counters in turn.
    socketTimeout: ANSWER_LIMIT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // A server that is away or hangs would hold the process up for two seconds when it stops.
    disconnectTimeout: 0,
  });
  const loss = new Loss(logger);
  redis.on('ready', () => loss.isOver());
  redis.on('error', ({ message }: Error) => loss.because(message));
  return {
    counter: ({ name, ...options }) =>
      new RateLimiterRedis({
        ...options,
        storeClient: redis,
        keyPrefix: `gatehouse:auth:${name}`,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new OwnCounters({ ...options, keyPrefix: name }),
      }),
    close: () => redis.disconnect(),
  };
}

function inPostgres(pool: Pool, logger: Logger): LimitStore {
  const loss = new Loss(logger);
  const storeClient = {
    // Without the name that the library gives it: a pooler in transaction mode knows no prepared statements.
    query: async ({ text, values }: { text: string; values: unknown[] }) => {
      try {
        const result = await pool.query(text, values);
        loss.isOver();
        return result;
      } catch (error) {
        loss.because(error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  };
  const clear = () => void pool.query(DELETE_OVER, [Date.now()]).catch(() => {});
  const clearing = setInterval(clear, CLEARING_INTERVAL_MS).unref();
  return {
    counter: ({ name, ...options }) =>
      new RateLimiterPostgres({
        ...options,
        storeClient,
        storeType: 'client',
        keyPrefix: name,
        tableName: 'rate_limit',
        // The migrations have: nobody else changes the schema.
        tableCreated: true,
        clearExpiredByTimeout: false,
        insuranceLimiter: new OwnCounters({ ...options, keyPrefix: name }),
      }),
    close: () => clearInterval(clearing),
  };
}

/** Longest that a timer waits, in seconds (a signed 32-bit integer of ms); a longer one ends at once. */
const LONGEST_TIMER_S = 2_147_483;

/** What a server counts alone, in memory: for weeks at most, until it is restarted anyway. */
class OwnCounters extends RateLimiterMemory {
  constructor(options: IRateLimiterOptions) {
    super({ ...options, duration: Math.min(options.duration ?? 0, LONGEST_TIMER_S) });
  }

  override set(key: string | number, points: number, seconds: number) {
    return super.set(key, points, Math.min(seconds, LONGEST_TIMER_S));
  }
}

/** Tells the log when the counters are lost and when they are back, not with every request. */
class Loss {
  private isLost = false;

  constructor(private readonly logger: Logger) {}

  because(reason: string): void {
    if (!this.isLost)
      this.logger.warn({ reason }, 'shared limits are away: each server counts alone');
    this.isLost = true;
  }

  isOver(): void {
    if (this.isLost) this.logger.info('shared limits are back');
    this.isLost = false;
  }
}
