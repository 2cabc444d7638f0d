import type { Pool } from 'pg';
import { REPEATED_EVENTS } from './audit/repeated-events';
import { RATE_LIMIT_CLEANUP } from './limits/limit-cleanup';
import type { Mailer } from './mail/mailer';
import { createNoticeJob } from './notices/notice-job';
import {
  CLIENT_ASSERTION_CLEANUP,
  ENDED_GRANT_CLEANUP,
  REFRESH_TOKEN_CLEANUP,
  REMOVAL_CLEANUP,
  WITHDRAWAL_CLEANUP,
} from './oauth/token-cleanup';
import { SESSION_CLEANUP } from './sessions/session-cleanup';
import { VERIFICATION_CLEANUP } from './sessions/verification-cleanup';
import { createPushJob, DELIVERY_CLEANUP } from './shared-signals/push/push-job';
import { createKeyJob, type KeyJobParts } from './signing-keys/key-job';
import { createCleanupJob, oneAtATime, transactionsOf } from '../runtime/jobs/cleanup';
import { JobRunner } from '../runtime/jobs/jobs';
import type { Metrics } from '../runtime/metrics/metrics';

const CLEANUPS = [
  DELIVERY_CLEANUP,
  RATE_LIMIT_CLEANUP,
  REFRESH_TOKEN_CLEANUP,
  ENDED_GRANT_CLEANUP,
  WITHDRAWAL_CLEANUP,
  REMOVAL_CLEANUP,
  CLIENT_ASSERTION_CLEANUP,
  REPEATED_EVENTS,
  SESSION_CLEANUP,
  VERIFICATION_CLEANUP,
];

interface JobParts extends KeyJobParts {
  pool: Pool;
  mailer: Mailer;
  metrics: Metrics;
}

/** Starts the periodic jobs of the auth server. */
export function startJobs(parts: JobParts): JobRunner {
  const { pool, metrics, logger } = parts;
  const jobs = new JobRunner({
    registry: metrics.registry,
    log: {
      failed: (details) => logger.warn(details, 'a job fails'),
      recovered: (details) => logger.info(details, 'a job succeeds again'),
    },
  });
  const inTransaction = oneAtATime(transactionsOf(pool));
  jobs.start(createKeyJob(parts));
  jobs.start(createPushJob(parts));
  jobs.start(createNoticeJob(parts));
  for (const cleanup of CLEANUPS) jobs.start(createCleanupJob(cleanup, inTransaction));
  return jobs;
}
