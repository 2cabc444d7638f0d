import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** A counter is asked for with every request: an answer that takes longer is worth nothing. */
const ANSWER_LIMIT_MS = 250;

/** The connection to `REDIS_URL`, where that is set. Nothing depends on its being there. */
@Injectable()
export class SharedCounters implements OnApplicationShutdown {
  readonly redis: Redis | null;
  private readonly logger = new Logger('RateLimit');

  constructor(@Inject(API_SETTINGS) { redisUrl, rateLimits }: ApiSettings) {
    this.redis = redisUrl === null || rateLimits === null ? null : this.connect(redisUrl);
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  private connect(url: string): Redis {
    const redis = new Redis(url, {
      commandTimeout: ANSWER_LIMIT_MS,
      // One that hangs is hung up on, or every request would wait for it.
      socketTimeout: ANSWER_LIMIT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      // A server that is away or hangs would hold the process up for two seconds when it stops.
      disconnectTimeout: 0,
    });
    let isLost = false;
    redis.on('ready', () => {
      isLost = false;
    });
    redis.on('error', ({ message }: Error) => {
      // Said once for each loss, not for each try.
      if (!isLost) this.logger.warn(`each replica counts for itself: ${message}`);
      isLost = true;
    });
    return redis;
  }
}
