import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { LOCKS } from '../../contract';
import { deleteBatches } from '../../runtime/jobs/cleanup';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';
import { Jobs } from '../database/jobs';

/** How often a replica checks whether a cleanup has to begin. */
const CHECK_INTERVAL_MS = 10 * 60_000;

/** How often old events are deleted, by all replicas together, in seconds. */
const CLEANUP_INTERVAL_S = 6 * 60 * 60;

/** The rows that one statement deletes. The statement and its locks stay short. */
const BATCH_SIZE = 1_000;

/**
 * The guard of the database reads this table, not a parameter of a connection. It keeps each event
 * for the longest retention of the last seven days.
 */
const NOTE_RETENTION = `
  INSERT INTO audit_retention (retention)
  SELECT make_interval(secs => $1)
   WHERE make_interval(secs => $1) IS DISTINCT FROM
         (SELECT retention FROM audit_retention ORDER BY since DESC LIMIT 1)
  RETURNING retention`;

/** The time of the database when a cleanup has to begin, else no row. */
const FIND_BEGIN = `
  SELECT clock_timestamp()::text AS "begunAt"
   WHERE NOT EXISTS (
     SELECT FROM audit_cleaning WHERE begun_at > clock_timestamp() - make_interval(secs => $1))`;

/**
 * Written at the end: a cleanup that fails, or whose process ends, is repeated by the next run of any
 * replica. Replicas that began at the same time share the batches; one of them gets the row.
 */
const NOTE_CLEANUP = `
  INSERT INTO audit_cleaning AS cleaning (begun_at) VALUES ($2)
  ON CONFLICT ("only") DO UPDATE SET begun_at = excluded.begun_at
   WHERE cleaning.begun_at <= excluded.begun_at - make_interval(secs => $1)
  RETURNING begun_at`;

/**
 * `now()` is constant within the statement, so that the index is used. With
 * `clock_timestamp()` each batch would read the whole log. The guard of the database
 * compares with the clock, which is never earlier.
 */
export const DELETE_BATCH = `
  DELETE FROM audit_event WHERE id IN (
    SELECT id FROM audit_event
     WHERE occurred_at < now() - (SELECT gatehouse_audit_kept_for())
     ORDER BY occurred_at, id LIMIT $1)`;

/** Deletes audit events that are older than `AUDIT_RETENTION`, once for all replicas. */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuditRetention');

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    private readonly jobs: Jobs,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.start({
      name: 'audit-retention',
      intervalMs: CHECK_INTERVAL_MS,
      run: (signal) => this.run(signal),
    });
  }

  /** @returns how many events were deleted; `null`: the interval is not over. */
  async run(signal?: AbortSignal): Promise<number | null> {
    await this.noteRetention();
    const [begin] = await this.query<{ begunAt: string }>(FIND_BEGIN, [CLEANUP_INTERVAL_S]);
    if (!begin) return null;
    const work = { lock: LOCKS.auditRetention, sql: DELETE_BATCH, batchSize: BATCH_SIZE };
    const { inTransaction } = this.jobs;
    let count = 0;
    // Until nothing is left: a replica that ends here can hold the lock for a batch of its own.
    for (;;) {
      const deleted = await deleteBatches(work, { inTransaction, signal });
      if (deleted === null || signal?.aborted) return count;
      count += deleted;
      if (deleted === 0) break;
    }
    const noted = await this.query(NOTE_CLEANUP, [CLEANUP_INTERVAL_S, begin.begunAt]);
    if (count === 0 && noted.length === 0) return null;
    this.logger.log(`deleted ${count} audit events that were older than the retention`);
    return count;
  }

  private async noteRetention(): Promise<void> {
    const { auditRetention } = this.settings;
    const noted = await this.query(NOTE_RETENTION, [auditRetention / 1_000]);
    if (noted.length === 0) return;
    this.logger.log(`AUDIT_RETENTION is ${auditRetention / 86_400_000} days from now on`);
  }

  private query<Row extends object>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }
}
