import { randomUUID } from 'node:crypto';
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
  toSecurityEvent,
  toStatusEvent,
} from './security-events';

/** Access events of one step. */
export const PAGE_SIZE = 500;

const LOST = 'events may be missing: check all sessions and accounts';
const RESUMED = 'an administrator has resumed the stream';

/** Where a stream is in the outbox. */
interface StreamPlace {
  status: string;
  /** What the receiver knows of the status. */
  toldStatus: string;
  /** The last account that was reported after a loss; `null`: none is reported again. */
  rebuildAfter: string | null;
  source: string;
  position: string;
  page: string | null;
  pageAfter: string;
  eventsRequested: string[] | null;
  excluded: string[];
  pending: number;
}

const LOCK_STREAM = `
  SELECT status, told_status AS "toldStatus", rebuild_after AS "rebuildAfter",
         source, position, page, page_after AS "pageAfter",
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
  INSERT INTO event_delivery (stream_id, subject, txn, event_type, claims, next_attempt_at)
  SELECT $1, subject, txn, type, claims, greatest(now(), "notBefore")
    FROM json_to_recordset($2)
      AS event (subject text, txn text, type text, claims jsonb, "notBefore" timestamptz)`;

/** A session that was to end earlier has been extended again. */
const DROP_VOID = `
  DELETE FROM event_delivery d USING session s
   WHERE d.stream_id = $1 AND d.state = 'pending' AND d.attempts = 0 AND d.next_attempt_at <= now()
     AND (d.claims ->> 'toe')::float8 > extract(epoch FROM d.created_at)
     AND s.id = d.claims #>> '{sub_id,session,id}' AND s.expires_at > now()`;

/** What can be reported again: the accounts that have no access now. */
const READ_ACCOUNTS = `
  SELECT kind, key, data, now() AS "time" FROM (
    SELECT 'client-disabled' AS kind, 'client ' || client_id AS key,
           json_build_object('clientId', client_id) AS data
      FROM oauth_client WHERE disabled
    UNION ALL
    SELECT 'user-banned', 'user ' || id, json_build_object('userId', id)
      FROM "user" WHERE banned AND gatehouse_is_banned(banned, ban_expires)) AS account
   WHERE key COLLATE "C" > $1 ORDER BY key COLLATE "C" LIMIT $2`;

interface ClosedAccount extends Pick<AccessEvent, 'kind' | 'data'> {
  key: string;
  time: Date;
}

const SET_REBUILD = 'UPDATE event_stream SET rebuild_after = $2 WHERE id = $1';

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
 * transaction, so that none is lost or stored twice.
 */
export async function collectEvents(
  run: RunStatement,
  { streamId, issuer }: { streamId: string; issuer: string },
): Promise<void> {
  // Before its deliveries, as each change of a stream: the other order is a deadlock with a replay.
  const place = (await run(LOCK_STREAM, [streamId])).rows[0] as StreamPlace | undefined;
  if (place?.status !== 'enabled') return;
  await run(DROP_VOID, [streamId]);
  const stream = { ...place, streamId, issuer };
  if (stream.toldStatus !== 'enabled') await tellResumption(run, streamId);
  const limit = Math.min(PAGE_SIZE, MOST_PENDING - stream.pending);
  if (limit <= 0) return;
  if (stream.rebuildAfter === null) await collectPage(run, { stream, limit });
  // Each page reads the table of users, so it is not read for a few accounts.
  else if (limit === PAGE_SIZE) await tellAccounts(run, stream);
}

type Stream = StreamPlace & { streamId: string; issuer: string };

interface Step {
  stream: Stream;
  limit: number;
}

async function collectPage(run: RunStatement, { stream, limit }: Step): Promise<void> {
  const { streamId, source, position, page, pageAfter } = stream;
  const { rows } = await run(READ_EVENTS, [source, position, page, pageAfter, limit]);
  const read = rows[0] as ReadEvents;
  if (!read.isKept) return moveAfterLoss(run, streamId);
  const found = read.events ?? [];
  await addEvents(run, { streamId, events: found.flatMap((event) => translate(event, stream)) });
  const hasMore = found.length === limit;
  await run(
    MOVE,
    hasMore
      ? [streamId, source, position, read.page, found.at(-1)!.id]
      : [streamId, source, read.page, null, 0],
  );
  if (found.some(({ kind }) => kind === 'reload')) await tellLoss(run, streamId);
}

/** The events that the receiver wants. */
function translate(event: AccessEvent, { issuer, eventsRequested, excluded }: Stream) {
  const translated = toSecurityEvent(event, issuer);
  if (!translated || excluded.includes(translated.subject)) return [];
  if (eventsRequested !== null && !eventsRequested.includes(translated.type)) return [];
  return [translated];
}

/** The events after the position are deleted, or the database has another history. */
async function moveAfterLoss(run: RunStatement, streamId: string): Promise<void> {
  await run(
    `UPDATE event_stream SET source = ${EVENT_SOURCE}, position = pg_current_snapshot()::text,
            page = NULL, page_after = 0 WHERE id = $1`,
    [streamId],
  );
  await tellLoss(run, streamId);
}

async function tellLoss(run: RunStatement, streamId: string): Promise<void> {
  const event = toStatusEvent(streamId, { status: 'enabled', reason: LOST });
  await addEvents(run, { streamId, events: [event] });
  await run(SET_REBUILD, [streamId, '']);
}

/** An administrator has resumed the stream (SSF 1.0, section 8.1.5). */
async function tellResumption(run: RunStatement, streamId: string): Promise<void> {
  const event = toStatusEvent(streamId, { status: 'enabled', reason: RESUMED });
  await addEvents(run, { streamId, events: [event] });
  await run(`UPDATE event_stream SET told_status = 'enabled' WHERE id = $1`, [streamId]);
}

/** After a loss, each account that has no access now is reported to the receiver, in pages. */
async function tellAccounts(run: RunStatement, stream: Stream): Promise<void> {
  const { streamId, rebuildAfter } = stream;
  const { rows } = await run(READ_ACCOUNTS, [rebuildAfter, PAGE_SIZE]);
  const accounts = rows as ClosedAccount[];
  const txn = randomUUID();
  const events = accounts.flatMap(({ kind, data, time }) =>
    translate({ kind, data, txn, time: time.toISOString() }, stream),
  );
  await addEvents(run, { streamId, events });
  const last = accounts.length === PAGE_SIZE ? accounts.at(-1)!.key : null;
  await run(SET_REBUILD, [streamId, last]);
}
