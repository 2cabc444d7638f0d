import { Redis } from 'ioredis';
import type { FaultState } from './fault-state';

export interface RedisOptions {
  url: string;
  /** A command that gets no answer within this time fails, and its connection is closed. */
  answerLimitMs: number;
  /**
   * Begins when the connection is lost or Redis refuses a command; ends when a connection is ready
   * and accepts a write.
   */
  fault: FaultState;
  /** The pause after a refused command before the next connection, in milliseconds. */
  refusedPauseMs?: number;
}

/** Shows whether Redis accepts writes. */
const PROBE_KEY = 'gatehouse:accepts-writes';

/** ioredis then sends the script itself. */
const UNKNOWN_SCRIPT = 'NOSCRIPT';

/** A connection for counters: a command fails at once while Redis is unavailable. */
export function connectRedis(options: RedisOptions): Redis {
  const { url, answerLimitMs, fault } = options;
  const redis: Redis = new Redis(url, {
    commandTimeout: answerLimitMs,
    socketTimeout: answerLimitMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // By default `disconnect` waits two seconds for an unavailable server.
    disconnectTimeout: 0,
    reconnectOnError: (error) => {
      if (!error.message.startsWith(UNKNOWN_SCRIPT)) refusals.note(error);
      return false;
    },
  });
  const refusals = new Refusals(redis, options);
  redis.on('ready', () => {
    // The fault does not end when another command was refused before this answer is handled.
    const end = () => refusals.isNoted || fault.end();
    redis.set(PROBE_KEY, '', 'EX', 1).then(end, fault.begin.bind(fault));
  });
  redis.on('error', (error: Error) => fault.begin(error));
  // The pause belongs to this connection.
  redis.on('close', () => refusals.stop());
  return redis;
}

/**
 * A server that refuses writes keeps its connections: a former primary that became a replica, or
 * one without memory. Another connection may lead to the present primary.
 */
class Refusals {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly options: RedisOptions,
  ) {}

  /** Whether this connection is closed after a pause. */
  get isNoted(): boolean {
    return this.timer !== undefined;
  }

  note(error: Error): void {
    const { fault, refusedPauseMs = 5_000 } = this.options;
    fault.begin(error);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.redis.disconnect(true);
    }, refusedPauseMs).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
