/**
 * Parts of the statements that read the outbox of access events. Both processes read it; the
 * position of a reader is a snapshot (docs/decisions/0010-access-events.md).
 */

/** How long events are kept. */
export const EVENT_RETENTION = `interval '24 hours'`;

/** Which database, and which line of its history: after a failover or a restore, another one. */
export const EVENT_SOURCE = `(SELECT system_identifier FROM pg_control_system())::text || '-' ||
  left(pg_walfile_name(pg_current_wal_lsn()), 8)`;

/** The rows `e` that the snapshot `from` did not see. The first condition is for the index. */
export const unseenBy = (from: string) =>
  `e.xid >= pg_snapshot_xmin(${from}::pg_snapshot) AND NOT pg_visible_in_snapshot(e.xid, ${from}::pg_snapshot)`;

/**
 * Whether nothing that the position (source `$1`, snapshot `$2`) has not seen may have been
 * deleted. The cleanup keeps, of the rows that are old enough, the one with the highest transaction.
 */
export const POSITION_IS_KEPT = `
  (${EVENT_SOURCE} = $1 AND pg_snapshot_xmax($2::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
     AND NOT EXISTS (SELECT FROM access_event
          WHERE occurred_at < now() - ${EVENT_RETENTION} AND xid >= pg_snapshot_xmin($2::pg_snapshot)))`;
