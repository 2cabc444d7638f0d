import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { type Cleanup, createCleanupJob, type InTransaction } from '../../runtime/jobs/cleanup';
import { type Job, JobRunner } from '../../runtime/jobs/jobs';
import { Metrics } from '../../runtime/metrics/metrics';

/** For the runs at a stop, in milliseconds: requests and connections are closed after them. */
const STOP_LIMIT_MS = 3_000;

/** The jobs of this process: each feature starts its own when the application starts. */
@Injectable()
export class Jobs implements BeforeApplicationShutdown {
  readonly inTransaction: InTransaction;
  private readonly runner: JobRunner;

  constructor(@InjectDataSource() dataSource: DataSource, { registry }: Metrics) {
    const logger = new Logger('Jobs');
    this.inTransaction = transactionsOf(dataSource);
    this.runner = new JobRunner({
      registry,
      log: {
        failed: ({ job, reason }) => logger.warn(`the job ${job} fails: ${reason}`),
        recovered: ({ job }) => logger.log(`the job ${job} succeeds again`),
      },
    });
  }

  start(job: Job): void {
    this.runner.start(job);
  }

  startCleanup(cleanup: Cleanup): void {
    this.runner.start(createCleanupJob(cleanup, this.inTransaction));
  }

  /** Before the connections are closed: a job may be in the middle of a transaction. */
  beforeApplicationShutdown(): Promise<void> {
    return this.runner.stop(STOP_LIMIT_MS);
  }
}

function transactionsOf(dataSource: DataSource): InTransaction {
  return (work) =>
    dataSource.transaction((manager) =>
      work(async (sql, parameters) => {
        const result = await manager.queryRunner!.query(sql, parameters, true);
        return { rows: result.records, count: result.affected ?? 0 };
      }),
    );
}
