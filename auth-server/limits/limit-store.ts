import type { Pool } from 'pg';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  type IRateLimiterOptions,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { DATABASE_LIMITS } from '../../runtime/database/database-limits';
import {
  recallFailure,
  runOptionalStatements,
  timeLeftInScope,
} from '../../runtime/database/database-scope';
import { FaultState } from '../../runtime/fault-state';
import type { Logger } from '../../runtime/logger';
import { connectRedis } from '../../runtime/redis';

/** The store is unavailable when it does not answer in this time. */
const ANSWER_LIMIT_MS = 500;

export interface CounterOptions {
  name: string;
  /** The points of a key in one window. */
  points: number;
  /** The window in seconds, from the first use. */
  duration: number;
}

/**
 * The store of counters that all auth servers share. While it is unavailable, each server counts
 * in memory, and the log says so once.
 */
export interface LimitStore {
  counter(options: CounterOptions): RateLimiterAbstract;
  close(): void;
}

interface Parts {
  config: { redisUrl: string | null };
  pool: Pool;
  logger: Logger;
  /** The longest wait for Redis, in milliseconds. */
  answerLimitMs?: number;
}

/** Redis if it is configured, else PostgreSQL. */
export function createLimitStore(parts: Parts): LimitStore {
  const { config, pool, logger } = parts;
  return config.redisUrl === null ? inPostgres(pool, logger) : inRedis(config.redisUrl, parts);
}

function inRedis(url: string, { logger, answerLimitMs = ANSWER_LIMIT_MS }: Parts): LimitStore {
  const fault = reportLoss(logger);
  const redis = connectRedis({ url, answerLimitMs, fault });
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
  const fault = reportLoss(logger);
  const storeClient = {
    // No prepared statement: a pooler in transaction mode does not support them.
    query: async ({ text, values }: { text: string; values: unknown[] }) => {
      const isShort = runOptionalStatements(hasLessThanAStatement);
      try {
        const result = await runOptionalStatements(() => pool.query(text, values));
        fault.end();
        return result;
      } catch (error) {
        if (!isShort) fault.begin(error);
        throw error;
      }
    },
  };
  return {
    counter: ({ name, ...options }) =>
      new RateLimiterPostgres({
        ...options,
        storeClient,
        storeType: 'client',
        keyPrefix: name,
        tableName: 'rate_limit',
        // The migrations create the table; no other code changes the schema.
        tableCreated: true,
        clearExpiredByTimeout: false,
        insuranceLimiter: new OwnCounters({ ...options, keyPrefix: name }),
      }),
    close: () => {},
  };
}

/**
 * Whether the request can end before the database can answer, or fails after an earlier statement of
 * its own: its statement says nothing about the store.
 */
function hasLessThanAStatement(): boolean {
  return recallFailure() !== null || timeLeftInScope() < DATABASE_LIMITS.statement;
}

/**
 * The longest delay of a timer in seconds (a signed 32-bit integer of ms); a longer one fires at
 * once.
 */
const LONGEST_TIMER_S = 2_147_483;

/** Counters in memory. They last until the restart of the process. */
class OwnCounters extends RateLimiterMemory {
  constructor(options: IRateLimiterOptions) {
    super({ ...options, duration: Math.min(options.duration ?? 0, LONGEST_TIMER_S) });
  }

  override set(key: string | number, points: number, seconds: number) {
    return super.set(key, points, Math.min(seconds, LONGEST_TIMER_S));
  }
}

function reportLoss(logger: Logger): FaultState {
  return new FaultState({
    began: (reason) =>
      logger.warn({ reason }, 'shared limits are unavailable: each server counts alone'),
    ended: () => logger.info('shared limits are available again'),
  });
}
