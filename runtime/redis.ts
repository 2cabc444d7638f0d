import { Redis } from 'ioredis';
import type { FaultState } from './fault-state';

export interface RedisOptions {
  url: string;
  /** A command that gets no answer within this time fails, and its connection is closed. */
  answerLimitMs: number;
  /** Begins when the connection is lost, ends when it is ready again. */
  fault: FaultState;
}

/** A connection for counters: a command fails at once while Redis is unavailable. */
export function connectRedis({ url, answerLimitMs, fault }: RedisOptions): Redis {
  const redis = new Redis(url, {
    commandTimeout: answerLimitMs,
    socketTimeout: answerLimitMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // By default `disconnect` waits two seconds for an unavailable server.
    disconnectTimeout: 0,
  });
  redis.on('ready', () => fault.end());
  redis.on('error', (error: Error) => fault.begin(error));
  return redis;
}
