import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

/** How often a replica looks whether it is time. */
const LOOK_INTERVAL_MS = 10 * 60_000;

/** How often old events are removed, by all replicas together, in seconds. */
const CLEANING_INTERVAL_S = 6 * 60 * 60;

/** Rows that one statement removes: it stays short, and so does what it locks. */
const BATCH = 1_000;

/** Most that is removed at one time; the rest waits for the next. */
const MOST_BATCHES = 1_000;

/**
 * The database goes by what is noted here and not by what a connection says of itself: it
 * keeps every event for the longest retention that was in force in the last seven days.
 */
const NOTE_RETENTION = `
  INSERT INTO audit_retention (retention)
  SELECT make_interval(secs => $1)
   WHERE make_interval(secs => $1) IS DISTINCT FROM
         (SELECT retention FROM audit_retention ORDER BY since DESC LIMIT 1)
  RETURNING retention`;

/** One replica gets the row, whichever asks first; the others find that it is not time. */
const TAKE_TURN = `
  INSERT INTO audit_cleaning AS cleaning (begun_at) VALUES (clock_timestamp())
  ON CONFLICT ("only") DO UPDATE SET begun_at = excluded.begun_at
   WHERE cleaning.begun_at <= clock_timestamp() - make_interval(secs => $1)
  RETURNING begun_at`;

/**
 * By `now()`, which stands still: against a clock that moves on within the statement no index
 * can be searched, and each batch would read the whole log. The database's guard goes by the
 * clock, which is never behind.
 */
export const REMOVE_BATCH = `
  WITH removed AS (
    DELETE FROM audit_event WHERE id IN (
      SELECT id FROM audit_event
       WHERE occurred_at < now() - (SELECT gatehouse_audit_kept_for())
       ORDER BY occurred_at, id LIMIT $1)
    RETURNING 1)
  SELECT count(*)::int AS "count" FROM removed`;

/** Removes audit events that are older than `AUDIT_RETENTION`, once for all replicas. */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('AuditRetention');
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  onApplicationBootstrap(): void {
    this.finished = this.run(this.stopping.signal);
  }

  onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    return this.finished;
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look(signal).catch((error: unknown) => {
        // The message alone: a database error drags values along.
        const reason = error instanceof Error ? error.message : String(error);
        if (!signal.aborted) this.logger.warn(`old audit events cannot be removed: ${reason}`);
      });
      await sleep(LOOK_INTERVAL_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  private async look(signal: AbortSignal): Promise<void> {
    const noted = await this.query<object>(NOTE_RETENTION, [this.settings.auditRetention / 1_000]);
    if (noted.length > 0) {
      const days = this.settings.auditRetention / 86_400_000;
      this.logger.log(`AUDIT_RETENTION is ${days} days from now on`);
    }
    const turn = await this.query<object>(TAKE_TURN, [CLEANING_INTERVAL_S]);
    if (turn.length === 0) return;
    const count = await this.removeOld(signal);
    this.logger.log(`removed ${count} audit events that were older than the retention`);
  }

  private async removeOld(signal: AbortSignal): Promise<number> {
    let total = 0;
    for (let batch = 0; batch < MOST_BATCHES && !signal.aborted; batch += 1) {
      const [row] = await this.query<{ count: number }>(REMOVE_BATCH, [BATCH]);
      total += row!.count;
      if (row!.count < BATCH) break;
    }
    return total;
  }

  private query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.dataSource.manager.query<Row[]>(sql, parameters);
  }
}
