import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { type EventPosition, toPosition } from './event-position';
import { PreparedStatements } from '../../database/prepared-statements';
import {
  EVENT_SOURCE,
  POSITION_IS_KEPT,
  unseenBy,
} from '../../../runtime/database/access-event-statements';
import { findServerError } from '../../../runtime/database/database-errors';

/** One end or change of access, as the database recorded it. */
export interface AccessEvent {
  /** Of the row: the same in each delivery of the event. */
  id: string;
  kind: string;
  /** When it was written, in ISO 8601; its transaction was committed later. */
  time: string;
  data: Record<string, unknown>;
}

/** What was committed since a position, and the position after it. */
export interface EventBatch extends WriteAheadLog, AsOf {
  position: EventPosition;
  events: AccessEvent[];
  read: ReadMoment;
}

/** When events were read, by two clocks that cannot be compared. */
export interface ReadMoment {
  /** By the clock of the database, as the times of the events. */
  inDatabase: Date;
  /** By the monotonic clock of this process, in milliseconds. */
  inProcess: number;
}

/** Everything that was committed before this time is in a batch, or before a position. */
interface AsOf {
  /** By the clock of the database, as the times of the events: replicas can differ. */
  asOf: Date;
}

/**
 * The write-ahead log when a position was read. The position is durable when everything that was
 * written before it is safe: after a crash, PostgreSQL then uses none of its transaction numbers
 * again.
 */
export interface WriteAheadLog {
  /** Bytes that had been written. */
  written: number;
  /** Bytes that are safe from a crash. */
  flushed: number;
  /**
   * The place of the last checkpoint. Recovery from a crash ends with one. When it is another one
   * than before, what was written then can be lost, and the log can have grown past it again.
   */
  checkpoint: string;
}

/** It stays valid after a crash of the database. */
export interface DurablePosition extends AsOf {
  position: EventPosition;
}

/** Where a page of kept events begins and ends. */
export interface PageRequest {
  /** Events that this position has seen are left out; seconds: the events of that time. */
  from: EventPosition | number;
  to: EventPosition;
  afterId: string;
}

/** Rows of one page. */
export const PAGE_SIZE = 1_000;

/** Most events between two queries; a reader that misses more continues from its own position. */
export const LARGEST_BATCH = 5_000;

const CHECKPOINT = '(SELECT checkpoint_lsn::text FROM pg_control_checkpoint())';

/**
 * Makes all earlier writes durable, also where `synchronous_commit` is off. The message has no
 * reader: PostgreSQL flushes only for a transaction that has written a record.
 */
const FLUSH = `
  SELECT set_config('synchronous_commit', 'local', true), pg_logical_emit_message(true, 'gatehouse', ''),
         ${CHECKPOINT} AS "checkpoint"`;

const EVENT = `json_build_object('id', e.id::text, 'kind', e.kind, 'time', e.occurred_at, 'data', e.data)`;

/**
 * One statement, so that the position is the snapshot in which the events were read. Its transaction
 * began before the snapshot.
 */
const READ_NEW = `
  SELECT ${EVENT_SOURCE} AS "source", pg_current_snapshot()::text AS "snapshot", now() AS "asOf",
         (pg_current_wal_insert_lsn() - '0/0')::float8 AS "written",
         (pg_current_wal_flush_lsn() - '0/0')::float8 AS "flushed",
         ${CHECKPOINT} AS "checkpoint",
         (SELECT json_agg(event) FROM (
           SELECT ${EVENT} AS event FROM access_event e
            WHERE ${unseenBy('$1')} AND pg_visible_in_snapshot(e.xid, pg_current_snapshot())
            ORDER BY e.id LIMIT ${LARGEST_BATCH + 1}) AS found) AS "events",
         clock_timestamp() AS "readAt"`;

const READ_PAGE = `
  SELECT ${EVENT} AS event FROM access_event e
   WHERE ${unseenBy('$1')} AND pg_visible_in_snapshot(e.xid, $2::pg_snapshot) AND e.id > $3
   ORDER BY e.id LIMIT ${PAGE_SIZE}`;

const READ_RECENT_PAGE = `
  SELECT ${EVENT} AS event FROM access_event e
   WHERE e.occurred_at >= now() - make_interval(secs => $1)
     AND pg_visible_in_snapshot(e.xid, $2::pg_snapshot) AND e.id > $3
   ORDER BY e.id LIMIT ${PAGE_SIZE}`;

/** Invalid text of a value. */
const INVALID_TEXT = '22P02';

type BatchRow = EventPosition &
  WriteAheadLog &
  AsOf & { events: AccessEvent[] | null; readAt: Date };

/** Reads the outbox of access events. */
@Injectable()
export class AccessEventStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: PreparedStatements,
  ) {}

  /** @param since `null`: only the position. */
  async readNew(since: EventPosition | null): Promise<EventBatch> {
    const [row] = await this.statements.run<BatchRow>({
      name: 'access-events-new',
      text: READ_NEW,
      values: [since?.snapshot ?? null],
    });
    const { asOf, written, flushed, checkpoint, events, readAt } = row!;
    return {
      position: toPosition(row!),
      events: (events ?? []).map(withUtcTime),
      asOf,
      written,
      flushed,
      checkpoint,
      read: { inDatabase: readAt, inProcess: performance.now() },
    };
  }

  /** The current position. */
  async getDurablePosition(): Promise<DurablePosition> {
    for (;;) {
      const { position, asOf, written, flushed, checkpoint } = await this.readNew(null);
      if (flushed >= written) return { position, asOf };
      const [safe] = await this.dataSource.query<Pick<WriteAheadLog, 'checkpoint'>[]>(FLUSH);
      // Otherwise the server can have crashed between the two.
      if (safe!.checkpoint === checkpoint) return { position, asOf };
    }
  }

  async readPage({ from, to, afterId }: PageRequest): Promise<AccessEvent[]> {
    const [sql, start] =
      typeof from === 'number' ? [READ_RECENT_PAGE, from] : [READ_PAGE, from.snapshot];
    const values = [start, to.snapshot, afterId];
    const rows = await this.dataSource.query<{ event: AccessEvent }[]>(sql, values);
    return rows.map(({ event }) => withUtcTime(event));
  }

  /**
   * Whether every event after the position is still stored; `false` for a position that no database
   * has issued.
   */
  async isKept({ source, snapshot }: EventPosition): Promise<boolean> {
    try {
      const sql = `SELECT ${POSITION_IS_KEPT} AS "isKept"`;
      const rows = await this.dataSource.query<{ isKept: boolean }[]>(sql, [source, snapshot]);
      return rows[0]!.isKept;
    } catch (error) {
      if (findServerError(error)?.code === INVALID_TEXT) return false;
      throw error;
    }
  }
}

function withUtcTime(event: AccessEvent): AccessEvent {
  return { ...event, time: new Date(event.time).toISOString() };
}
