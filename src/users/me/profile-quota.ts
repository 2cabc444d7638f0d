import { Inject, Injectable } from '@nestjs/common';
import { RateLimit } from '../../auth/rate-limit/rate-limit';
import { SharedCounters } from '../../auth/rate-limit/shared-counters';
import { Problem } from '../../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** Changes of a profile by its user in an hour: each adds an audit event, which is kept. */
const PROFILE_QUOTA = 60;
const WINDOW_SECONDS = 3_600;

/** The limit of changes, in addition to the limit of all requests of a user. */
@Injectable()
export class ProfileQuota {
  private readonly limit: RateLimit | null;

  constructor(@Inject(API_SETTINGS) { rateLimits }: ApiSettings, { redis }: SharedCounters) {
    const quota = PROFILE_QUOTA * (rateLimits?.quotas ?? 1);
    const options = { quota, windowSeconds: WINDOW_SECONDS, redis };
    this.limit = rateLimits === null ? null : new RateLimit({ name: 'profile', ...options });
  }

  /** @throws {Problem} `too_many_requests` */
  async count(userId: string): Promise<void> {
    const state = await this.limit?.count(userId);
    if (!this.limit || !state || state.isAllowed) return;
    const headers = {
      'retry-after': String(state.resetSeconds),
      'ratelimit-policy': this.limit.policy,
      ratelimit: this.limit.describe(state),
    };
    throw new Problem('too_many_requests', { headers });
  }
}
