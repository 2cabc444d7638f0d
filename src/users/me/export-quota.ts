import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RateLimit } from '../../auth/rate-limit/rate-limit';
import { SharedCounters } from '../../auth/rate-limit/shared-counters';
import { Problem } from '../../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** Exports of one user in an hour: each reads every row about the user. */
const EXPORT_QUOTA = 10;
const WINDOW_SECONDS = 3_600;

/** The limit of exports, in addition to the limit of all requests of a user. */
@Injectable()
export class ExportQuota {
  private readonly limit: RateLimit | null;

  constructor(@Inject(API_SETTINGS) { rateLimits }: ApiSettings, { redis }: SharedCounters) {
    const quota = EXPORT_QUOTA * (rateLimits?.quotas ?? 1);
    const options = { quota, windowSeconds: WINDOW_SECONDS, redis };
    this.limit = rateLimits === null ? null : new RateLimit({ name: 'export', ...options });
  }

  /** @throws {Problem} `too_many_requests` */
  async count(userId: string, reply: FastifyReply): Promise<void> {
    if (this.limit === null) return;
    const state = await this.limit.count(userId);
    const { policy } = this.limit;
    void reply.headers({ 'ratelimit-policy': policy, ratelimit: this.limit.describe(state) });
    if (state.isAllowed) return;
    const headers = { 'retry-after': String(state.resetSeconds) };
    throw new Problem('too_many_requests', { headers });
  }
}
