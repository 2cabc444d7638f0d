import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { FaultState } from '../../../runtime/fault-state';
import { connectRedis } from '../../../runtime/redis';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** The longest wait for a counter, which each request reads. A later answer is ignored. */
const ANSWER_LIMIT_MS = 250;

/** The connection to `REDIS_URL`, when it is set. The API works without it. */
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
    const fault = new FaultState({
      began: (reason) => this.logger.warn(`each replica counts for itself: ${reason}`),
      ended: () => this.logger.log('the replicas count together again'),
    });
    return connectRedis({ url, answerLimitMs: ANSWER_LIMIT_MS, fault });
  }
}
