/**
 * Parts of the statements that read the outbox of access events. Both processes read it; the
 * position of a reader is a snapshot (docs/decisions/0010-access-events.md).
 */

/** How long events are kept. */
const EVENT_RETENTION = `interval '24 hours'`;

/** Which database, and which line of its history: after a failover or a restore, another one. */
export const EVENT_SOURCE = `(SELECT system_identifier FROM pg_control_system())::text || '-' ||
  left(pg_walfile_name(pg_current_wal_lsn()), 8)`;

/**
 * Rows with the transaction numbers of another database, of which a dump was restored, can be above
 * those of this one. No position of this database has seen them, and none is before them.
 */
const IS_OWN = 'xid < pg_snapshot_xmax(pg_current_snapshot())';

/** The rows `e` that the snapshot `from` did not see. The conditions before the last are for the index. */
export const unseenBy = (from: string) =>
  `e.xid >= pg_snapshot_xmin(${from}::pg_snapshot) AND e.${IS_OWN} AND NOT pg_visible_in_snapshot(e.xid, ${from}::pg_snapshot)`;

/**
 * Whether nothing that the position (source `$1`, snapshot `$2`) has not seen may have been
 * deleted. The cleanup keeps, of the rows that are old enough, the one with the highest transaction.
 */
export const POSITION_IS_KEPT = `
  (${EVENT_SOURCE} = $1 AND pg_snapshot_xmax($2::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
     AND NOT EXISTS (SELECT FROM access_event
          WHERE occurred_at < now() - ${EVENT_RETENTION} AND xid >= pg_snapshot_xmin($2::pg_snapshot)
            AND ${IS_OWN}))`;

/**
 * Deletes at most `$1` old rows, the oldest first. Of those, and one more, the row of this database
 * with the highest transaction stays, as a mark for positions that are too old. It is among the
 * oldest of the next batch, so that no batch reads the rows that are kept.
 */
export const DELETE_OLD_EVENTS = `
  WITH oldest AS MATERIALIZED (
    SELECT id, xid FROM access_event
     WHERE occurred_at < now() - ${EVENT_RETENTION} ORDER BY occurred_at LIMIT $1 + 1)
  DELETE FROM access_event WHERE id = ANY (ARRAY(
    SELECT id FROM oldest
     WHERE id IS DISTINCT FROM (
       SELECT id FROM oldest WHERE ${IS_OWN} ORDER BY xid DESC, id DESC LIMIT 1)
     LIMIT $1))`;
