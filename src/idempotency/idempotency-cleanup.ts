import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LOCKS } from '../../contract';
import type { Cleanup } from '../../runtime/jobs/cleanup';
import { Jobs } from '../database/jobs';

/** Deletes the stored answers whose time is over. */
export const IDEMPOTENCY_CLEANUP: Cleanup = {
  name: 'idempotency-cleanup',
  intervalMs: 60_000,
  lock: LOCKS.idempotencyCleanup,
  batchSize: 1_000,
  // A new request may take a key over: the outer condition is checked again when the row is locked.
  sql: `
    DELETE FROM idempotency_key
     WHERE id = ANY (ARRAY(SELECT id FROM idempotency_key WHERE expires_at <= now()
                            LIMIT $1 FOR UPDATE SKIP LOCKED))
       AND expires_at <= now()`,
};

@Injectable()
export class IdempotencyCleanup implements OnApplicationBootstrap {
  constructor(private readonly jobs: Jobs) {}

  onApplicationBootstrap(): void {
    this.jobs.startCleanup(IDEMPOTENCY_CLEANUP);
  }
}
