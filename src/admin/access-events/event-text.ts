import type { AccessEvent } from './access-event.store';
import { type EventPosition, toEventId } from './event-position';

/** Shortest pause before a reader connects again, in milliseconds. */
const RETRY_MS = 500;

/** The first lines of a stream. */
export const STREAM_BEGIN = `retry: ${RETRY_MS}\n\n`;

/** Why readers reload after a failover or a restore. */
export const OTHER_HISTORY = 'the database has another history';

/**
 * For a connection without new events: it is in use, but the events are not known to be complete.
 */
export const STREAM_WAITS = Buffer.from(': the database does not answer\n\n');

/**
 * Events as server-sent events. The last one has the id of a position: a reader whose connection
 * ends before it gets all of them again. @param after `null`: without an id.
 */
export function toStreamText(events: readonly AccessEvent[], after: EventPosition | null): string {
  const lines = events.map(
    ({ id, kind, time, data }) =>
      `event: ${kind}\ndata: ${JSON.stringify({ eventId: id, time, ...data })}\n`,
  );
  if (after !== null && lines.length > 0) lines.push(`${lines.pop()}id: ${toEventId(after)}\n`);
  return lines.map((line) => `${line}\n`).join('');
}

/** Says that everything that was committed at a time has been sent. */
export function toCurrent(position: EventPosition, time: Date): string {
  const data = JSON.stringify({ time: time.toISOString() });
  return `event: current\ndata: ${data}\nid: ${toEventId(position)}\n\n`;
}

/** Says at a time that events may be missing. */
export function toReload(position: EventPosition, time: Date, reason: string): string {
  const data = JSON.stringify({ time: time.toISOString(), reason });
  return `event: reload\ndata: ${data}\nid: ${toEventId(position)}\n\n`;
}
