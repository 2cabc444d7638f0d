/**
 * A place in the events: a snapshot of the database. An event is before the place when the
 * snapshot sees its transaction. So a transaction that was open at the snapshot, and that commits
 * later, is after it (docs/decisions/0010-access-events.md).
 */
export interface EventPosition {
  /** The database and the line of its history, in which the snapshot has a meaning. */
  source: string;
  /** As PostgreSQL writes a `pg_snapshot`. */
  snapshot: string;
}

const ID = /^(?<source>\d{1,20}-[\dA-F]{8})\.(?<snapshot>\d+:\d+:[\d,]*)$/;

/** The event id of a position: opaque for readers. */
export function toEventId({ source, snapshot }: EventPosition): string {
  return `${source}.${snapshot}`;
}

/** @returns `null` for text that is no event id. */
export function parseEventId(id: string): EventPosition | null {
  const groups = ID.exec(id)?.groups;
  return groups ? { source: groups.source!, snapshot: groups.snapshot! } : null;
}

/** The position alone, of a row that has more columns. */
export function toPosition({ source, snapshot }: EventPosition): EventPosition {
  return { source, snapshot };
}

/** Whether there can be events between two positions: they are of one history, and not the same. */
export function isBefore(one: EventPosition, other: EventPosition): boolean {
  return one.source === other.source && one.snapshot !== other.snapshot;
}

/**
 * Whether a database that is at `now` can have given out the position. Otherwise it has another
 * history, or its files have been restored to an earlier state.
 */
export function hasReached(now: EventPosition, position: EventPosition): boolean {
  return now.source === position.source && nextNumberOf(position) <= nextNumberOf(now);
}

/** The first transaction number that had not been given out. */
function nextNumberOf({ snapshot }: EventPosition): bigint {
  return BigInt(snapshot.split(':')[1]!);
}
