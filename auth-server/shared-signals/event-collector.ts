import { MOST_PENDING, PENDING_OF_STREAM } from '../../contract';
import type { RunStatement } from '../../runtime/jobs/cleanup';
import {
  EVENT_SOURCE,
  POSITION_IS_KEPT,
  unseenBy,
} from '../../runtime/database/access-event-statements';
import {
  type AccessEvent,
  type SecurityEvent,
  STREAM_UPDATED,
  toSecurityEvent,
  toStreamEvent,
} from './security-events';

/** Access events of one step. */
const PAGE_SIZE = 500;

const LOST = 'events may be missing: check all sessions and accounts';

/** Where a stream is in the outbox. */
interface StreamPlace {
  status: string;
  source: string;
  position: string;
  page: string | null;
  pageAfter: string;
  eventsRequested: string[] | null;
  excluded: string[];
  pending: number;
}

const LOCK_STREAM = `
  SELECT status, source, position, page, page_after AS "pageAfter",
         events_requested AS "eventsRequested", excluded_subjects AS "excluded",
         ${PENDING_OF_STREAM} AS "pending"
    FROM event_stream s WHERE id = $1 FOR UPDATE`;

/** One statement, so that the page is the snapshot in which the events were read. */
const READ_EVENTS = `
  SELECT ${EVENT_SOURCE} AS "source", coalesce($3, pg_current_snapshot()::text) AS "page",
         ${POSITION_IS_KEPT} AS "isKept",
         (SELECT json_agg(event) FROM (
           SELECT json_build_object('id', e.id::text, 'kind', e.kind, 'time', e.occurred_at,
                                    'txn', e.xid::text, 'data', e.data) AS event
             FROM access_event e
            WHERE ${unseenBy('$2')}
              AND pg_visible_in_snapshot(e.xid, coalesce($3::pg_snapshot, pg_current_snapshot()))
              AND e.id > $4
            ORDER BY e.id LIMIT $5) AS found) AS "events"`;

interface ReadEvents {
  source: string;
  page: string;
  isKept: boolean;
  events: (AccessEvent & { id: string })[] | null;
}

const INSERT_EVENTS = `
  INSERT INTO event_delivery (stream_id, subject, txn, event_type, claims)
  SELECT $1, subject, txn, type, claims
    FROM json_to_recordset($2) AS event (subject text, txn text, type text, claims jsonb)`;

const MOVE = `
  UPDATE event_stream SET source = $2, position = $3, page = $4, page_after = $5 WHERE id = $1`;

/** Adds events to a stream, in the transaction of the statement. */
export async function addEvents(
  run: RunStatement,
  { streamId, events }: { streamId: string; events: SecurityEvent[] },
): Promise<void> {
  if (events.length > 0) await run(INSERT_EVENTS, [streamId, JSON.stringify(events)]);
}

/**
 * Moves the events of the outbox that the stream has not seen to its deliveries: in one
 * transaction, so that none is lost or stored twice. @returns how many access events were read.
 */
export async function collectEvents(
  run: RunStatement,
  { streamId, issuer }: { streamId: string; issuer: string },
): Promise<number> {
  const stream = (await run(LOCK_STREAM, [streamId])).rows[0] as StreamPlace | undefined;
  if (stream?.status !== 'enabled') return 0;
  const limit = Math.min(PAGE_SIZE, MOST_PENDING - stream.pending);
  if (limit <= 0) return 0;
  const { source, position, page, pageAfter } = stream;
  const { rows } = await run(READ_EVENTS, [source, position, page, pageAfter, limit]);
  const read = rows[0] as ReadEvents;
  if (!read.isKept) return moveAfterLoss(run, streamId);
  const found = read.events ?? [];
  const events = found.flatMap((event) => translate(event, { ...stream, streamId, issuer }));
  await addEvents(run, { streamId, events });
  const hasMore = found.length === limit;
  await run(
    MOVE,
    hasMore
      ? [streamId, source, position, read.page, found.at(-1)!.id]
      : [streamId, source, read.page, null, 0],
  );
  return found.length;
}

type Translation = Pick<StreamPlace, 'eventsRequested' | 'excluded'> & {
  streamId: string;
  issuer: string;
};

function translate(event: AccessEvent, stream: Translation): SecurityEvent[] {
  const { streamId, issuer, eventsRequested, excluded } = stream;
  if (event.kind === 'reload') return [toLoss(streamId, event.txn)];
  const translated = toSecurityEvent(event, issuer);
  if (!translated || excluded.includes(translated.subject)) return [];
  if (eventsRequested !== null && !eventsRequested.includes(translated.type)) return [];
  return [translated];
}

function toLoss(streamId: string, txn: string): SecurityEvent {
  const payload = { status: 'enabled', reason: LOST };
  return toStreamEvent(STREAM_UPDATED, { streamId, txn, payload });
}

/** The events after the position are deleted, or the database has another history. */
async function moveAfterLoss(run: RunStatement, streamId: string): Promise<number> {
  await run(
    `UPDATE event_stream SET source = ${EVENT_SOURCE}, position = pg_current_snapshot()::text,
            page = NULL, page_after = 0 WHERE id = $1`,
    [streamId],
  );
  await addEvents(run, { streamId, events: [toLoss(streamId, 'loss')] });
  return 0;
}
