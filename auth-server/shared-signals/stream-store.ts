import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { destinationOf, headsOf, IS_DESTINATION } from './delivery-store';
import { PAGE_SIZE } from './event-collector';
import { SERVED_CLIENT } from './receiver-access';
import { STREAM_UPDATED } from './security-events';
import { MOST_PENDING, PENDING_OF_STREAM, RETRY_NOW } from '../../contract';
import { EVENT_SOURCE, unseenBy } from '../../runtime/database/access-event-statements';
import { type InTransaction, type RunStatement, transactionsOf } from '../../runtime/jobs/cleanup';

export type StreamStatus = 'enabled' | 'paused' | 'disabled';

/** The columns that a receiver sets. */
export interface StreamInput {
  description: string | null;
  /** `null`: all that are supported. */
  eventsRequested: string[] | null;
  method: 'push' | 'poll';
  endpointUrl: string | null;
  /** Encrypted. */
  authorization: string | null;
}

export interface StreamRow extends StreamInput {
  id: string;
  clientId: string;
  status: StreamStatus;
  statusReason: string | null;
}

const COLUMNS = `id, client_id AS "clientId", description, events_requested AS "eventsRequested",
  method, endpoint_url AS "endpointUrl", "authorization", status, status_reason AS "statusReason"`;

/**
 * Takes the first free place of the client. Without one, or when another request takes it, there is
 * no row, nor for a client that is deleted meanwhile.
 */
const INSERT = `
  INSERT INTO event_stream (id, client_id, slot, source, position, description, events_requested,
                            method, endpoint_url, "authorization")
  SELECT $1, c.client_id, place, ${EVENT_SOURCE}, pg_current_snapshot()::text, $3, $4, $5, $6, $7
    FROM oauth_client c, generate_series(1, 4) AS place
   WHERE c.client_id = $2
     AND NOT EXISTS (SELECT FROM event_stream WHERE client_id = $2 AND slot = place)
   ORDER BY place LIMIT 1 FOR KEY SHARE OF c
  ON CONFLICT (client_id, slot) DO NOTHING
  RETURNING ${COLUMNS}`;

/** The failures of a paused stream show that the transmitter has paused it. */
const UPDATE = `
  UPDATE event_stream SET description = $2, events_requested = $3, method = $4, endpoint_url = $5,
         "authorization" = $6, updated_at = now(), retry_at = NULL,
         failures = CASE WHEN status = 'paused' THEN failures ELSE 0 END
   WHERE id = $1 RETURNING ${COLUMNS}`;

/** Subjects that a receiver removes from a stream at most. */
const MOST_EXCLUDED = 1_000;

/** A stream that is enabled again begins now when it was disabled, and where it stopped when it was paused. */
const SET_STATUS = `
  UPDATE event_stream SET status = $2, told_status = $2, status_reason = $3, failures = 0, retry_at = NULL, updated_at = now()`;

const LOCK_STATUS = `
  SELECT status AS former, status_reason AS "formerReason" FROM event_stream WHERE id = $1 FOR UPDATE`;

const RESTART = `, source = ${EVENT_SOURCE}, position = pg_current_snapshot()::text, page = NULL, page_after = 0,
  rebuild_after = NULL`;

/** The receiver sets another status: it needs no event about the former one. */
const FORGET_STATUS_EVENTS = `
  DELETE FROM event_delivery WHERE stream_id = $1 AND state = 'pending' AND event_type = $2
     AND claims #>> '{payload,status}' <> 'enabled'`;

const LOCK_EXCLUDED = `
  SELECT $2 = ANY (excluded_subjects) AS "isExcluded",
         cardinality(excluded_subjects) >= ${MOST_EXCLUDED} AS "isFull"
    FROM event_stream WHERE id = $1 FOR UPDATE`;

const EXCLUDE = `
  UPDATE event_stream SET excluded_subjects = array_append(excluded_subjects, $2) WHERE id = $1`;

const FORGET_SUBJECT = `
  DELETE FROM event_delivery WHERE stream_id = $1 AND subject = $2 AND state = 'pending'`;

const INCLUDE = `
  UPDATE event_stream SET excluded_subjects = array_remove(excluded_subjects, $2) WHERE id = $1`;

/** The time between two verifications that a receiver asks for, in seconds. */
export const VERIFICATION_INTERVAL_S = 10;

const TAKE_VERIFICATION = `
  UPDATE event_stream SET verified_at = now()
   WHERE id = $1 AND coalesce(verified_at < now() - interval '${VERIFICATION_INTERVAL_S} s', true)`;

/** Whether events of the outbox can be taken over now: there is room for them. */
const HAS_NEWS = `(s.told_status <> s.status
  OR CASE WHEN s.rebuild_after IS NOT NULL THEN ${PENDING_OF_STREAM} <= ${MOST_PENDING - PAGE_SIZE}
     ELSE (s.page IS NOT NULL OR EXISTS (SELECT FROM access_event e WHERE ${unseenBy('s.position')}))
          AND ${PENDING_OF_STREAM} < ${MOST_PENDING} END)`;

const IS_PUSHED = `s.method = 'push' AND s.status = 'enabled' AND ${SERVED_CLIENT}`;

/** Streams with something that can be sent now: a token, or an event in the outbox. */
const LIST_WAITING = `
  SELECT s.id, s.failures > 0 AS "isFailing" FROM event_stream s JOIN oauth_client c USING (client_id)
   WHERE ${IS_PUSHED} AND coalesce(s.retry_at <= now(), true)
     AND (${HAS_NEWS} OR EXISTS (SELECT FROM (${headsOf('s.id')}) AS head WHERE next_attempt_at <= now()))`;

/** Without a lock or a change: whether a poll of the stream can have an answer now. */
const HAS_WAITING = `
  SELECT FROM event_stream s JOIN oauth_client c USING (client_id)
   WHERE s.id = $1 AND s.status = 'enabled' AND ${SERVED_CLIENT}
     AND (${HAS_NEWS} OR ${PENDING_OF_STREAM} > 0)`;

const FIND_PUSHED = `
  SELECT s.id, s.client_id AS "clientId", s.method, s.endpoint_url AS "endpointUrl",
         s."authorization", s.status, s.failures
    FROM event_stream s JOIN oauth_client c USING (client_id) WHERE s.id = $1 AND ${IS_PUSHED}`;

/** What an attempt has shown about its destination says nothing about one that is set meanwhile. */
const BACK_OFF = `
  UPDATE event_stream s SET failures = CASE WHEN $4::float8 IS NULL THEN 0 ELSE failures + 1 END,
         retry_at = now() + $4 * interval '1 ms' WHERE ${IS_DESTINATION} AND status = 'enabled'`;

const PAUSE = `
  UPDATE event_stream s SET status = 'paused', told_status = 'paused', status_reason = $4, updated_at = now(),
         failures = greatest(failures, 1)
   WHERE ${IS_DESTINATION} AND status = 'enabled'`;

/** A stream to which something can be pushed. */
export interface WaitingStream {
  id: string;
  /** Whether its receiver has not taken the last attempt. */
  isFailing: boolean;
}

/** Streams, each with its client. */
export class StreamStore {
  readonly inTransaction: InTransaction;

  constructor(private readonly pool: Pool) {
    this.inTransaction = transactionsOf(pool);
  }

  /** @returns `null` when the client has as many streams as it may have, or does not exist. */
  async insert(
    run: RunStatement,
    { clientId, input }: { clientId: string; input: StreamInput },
  ): Promise<StreamRow | null> {
    const { rows } = await run(INSERT, [randomUUID(), clientId, ...valuesOf(input)]);
    return (rows[0] as StreamRow | undefined) ?? null;
  }

  async list(clientId: string): Promise<StreamRow[]> {
    const sql = `SELECT ${COLUMNS} FROM event_stream WHERE client_id = $1 ORDER BY created_at, id`;
    return (await this.pool.query<StreamRow>(sql, [clientId])).rows;
  }

  /** Only a stream of the client is found. */
  async find(clientId: string, id: string): Promise<StreamRow | null> {
    const sql = `SELECT ${COLUMNS} FROM event_stream WHERE client_id = $1 AND id = $2`;
    return (await this.pool.query<StreamRow>(sql, [clientId, id])).rows[0] ?? null;
  }

  /** As {@link find}, until the end of the transaction without a change by others. */
  async lock(
    run: RunStatement,
    { clientId, id }: { clientId: string; id: string },
  ): Promise<StreamRow | null> {
    const sql = `SELECT ${COLUMNS} FROM event_stream WHERE client_id = $1 AND id = $2 FOR UPDATE`;
    return ((await run(sql, [clientId, id])).rows[0] as StreamRow | undefined) ?? null;
  }

  /** Of a locked row. What waits for a new destination is tried at once. */
  async update(run: RunStatement, former: StreamRow, input: StreamInput): Promise<StreamRow> {
    const { rows } = await run(UPDATE, [former.id, ...valuesOf(input)]);
    const row = rows[0] as StreamRow;
    const isMoved =
      row.endpointUrl !== former.endpointUrl || row.authorization !== former.authorization;
    if (isMoved && row.status === 'enabled') await run(RETRY_NOW, [row.id]);
    return row;
  }

  /** @returns whether the stream existed. */
  async delete(run: RunStatement, id: string): Promise<boolean> {
    return (await run('DELETE FROM event_stream WHERE id = $1', [id])).count === 1;
  }

  /** @returns whether it differs from the former status; `null`: the stream does not exist. */
  async setStatus(
    run: RunStatement,
    { id, status, reason }: StatusChange,
  ): Promise<boolean | null> {
    const [found] = (await run(LOCK_STATUS, [id])).rows as {
      former: string;
      formerReason: string | null;
    }[];
    if (!found) return null;
    const { former, formerReason } = found;
    const restart = former === 'disabled' && status !== 'disabled' ? RESTART : '';
    await run(`${SET_STATUS}${restart} WHERE id = $1`, [id, status, reason]);
    await run(FORGET_STATUS_EVENTS, [id, STREAM_UPDATED]);
    if (status === 'disabled') {
      await run(`DELETE FROM event_delivery WHERE stream_id = $1 AND state = 'pending'`, [id]);
    }
    if (status === 'enabled') {
      await run(RETRY_NOW, [id]);
    }
    return former !== status || formerReason !== reason;
  }

  async hasWaiting(id: string): Promise<boolean> {
    return (await this.pool.query(HAS_WAITING, [id])).rowCount === 1;
  }

  /** The streams to which something can be pushed now. */
  async listWaiting(): Promise<WaitingStream[]> {
    return (await this.pool.query<WaitingStream>(LIST_WAITING)).rows;
  }

  /** @returns `null` when the stream is not pushed, or not now. */
  async findPushed(id: string): Promise<(StreamRow & { failures: number }) | null> {
    const { rows } = await this.pool.query<StreamRow & { failures: number }>(FIND_PUSHED, [id]);
    return rows[0] ?? null;
  }

  /** @param ms until the next attempt; `null`: the receiver answers again. */
  async backOff(stream: StreamRow, ms: number | null): Promise<void> {
    await this.pool.query(BACK_OFF, [...destinationOf(stream), ms]);
  }

  /** @returns whether the stream was enabled until now, with this destination. */
  async pause(run: RunStatement, stream: StreamRow, reason: string): Promise<boolean> {
    return (await run(PAUSE, [...destinationOf(stream), reason])).count === 1;
  }

  /**
   * No event of an excluded subject is sent, also none that waits.
   *
   * @returns whether the stream changes; `null`: the stream does not exist, or too many are excluded.
   */
  async exclude(run: RunStatement, id: string, userId: string): Promise<boolean | null> {
    const found = await this.lockExcluded(run, { id, userId });
    if (!found || found.isExcluded) return found && false;
    if (found.isFull) return null;
    await run(EXCLUDE, [id, userId]);
    await run(FORGET_SUBJECT, [id, userId]);
    return true;
  }

  /** @returns whether the stream changes. */
  async include(run: RunStatement, id: string, userId: string): Promise<boolean> {
    if (!(await this.lockExcluded(run, { id, userId }))?.isExcluded) return false;
    await run(INCLUDE, [id, userId]);
    return true;
  }

  private async lockExcluded(run: RunStatement, { id, userId }: { id: string; userId: string }) {
    const { rows } = await run(LOCK_EXCLUDED, [id, userId]);
    return (rows[0] as { isExcluded: boolean; isFull: boolean } | undefined) ?? null;
  }

  /** By the id, or by the e-mail address. @returns `null` when there is no such user. */
  async findUser(user: { id: string } | { email: string }): Promise<string | null> {
    const [column, value] = 'id' in user ? ['id', user.id] : ['email', user.email.toLowerCase()];
    const sql = `SELECT id FROM "user" WHERE ${column} = $1`;
    return (await this.pool.query<{ id: string }>(sql, [value])).rows[0]?.id ?? null;
  }

  /** @returns `false` when the last verification is too recent. */
  async takeVerification(run: RunStatement, id: string): Promise<boolean> {
    return (await run(TAKE_VERIFICATION, [id])).count === 1;
  }
}

export interface StatusChange {
  id: string;
  status: StreamStatus;
  reason: string | null;
}

function valuesOf({
  description,
  eventsRequested,
  method,
  endpointUrl,
  authorization,
}: StreamInput): unknown[] {
  return [description, eventsRequested, method, endpointUrl, authorization];
}
