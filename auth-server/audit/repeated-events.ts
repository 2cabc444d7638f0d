import type { Pool } from 'pg';
import { type AuditEvent, LOCKS } from '../../contract';
import type { Cleanup } from '../../runtime/jobs/cleanup';
import { toClientNetwork } from '../../runtime/network/client-network';

/** Counters of one hour. When they are used up, all further networks share one counter. */
const MOST_COUNTERS = 1_000;

/**
 * A client that does not exist is not part of the key, so that no caller makes up keys. All
 * other parts have a closed list of values, except the network.
 */
const COUNT = `
  WITH hour AS (SELECT date_trunc('hour', now(), 'UTC') + interval '1 hour' AS ends_at),
       used AS (SELECT count(*) AS counters FROM (
                  SELECT FROM audit_repeat JOIN hour USING (ends_at) LIMIT ${MOST_COUNTERS}) AS rows)
  INSERT INTO audit_repeat AS repeat (ends_at, action, outcome, network, client_id, detail)
  SELECT ends_at, $1, $2, CASE WHEN counters < ${MOST_COUNTERS} THEN $3 ELSE '' END,
         coalesce((SELECT client_id FROM oauth_client WHERE client_id = $4), ''), $5::jsonb
    FROM hour, used
  ON CONFLICT ON CONSTRAINT audit_repeat_pkey DO UPDATE SET count = repeat.count + 1
  RETURNING count`;

/** True for an event about no known user, of a caller who is not signed in. */
export function isOfStranger({ actor, subject }: AuditEvent): boolean {
  return actor.type === 'anonymous' && subject?.type !== 'user';
}

/**
 * Counts an event by network, action, outcome and detail.
 *
 * @returns true for the first of an hour, which is recorded itself; the others are recorded
 * as one number when the hour is over.
 */
export async function isFirstOfHour(pool: Pool, event: AuditEvent): Promise<boolean> {
  const { action, outcome = 'success', origin, subject, detail } = event;
  const network = origin.address === null ? '' : toClientNetwork(origin.address);
  const values = [action, outcome, network, subject?.id ?? null, JSON.stringify(detail ?? {})];
  const { rows } = await pool.query<{ count: number }>(COUNT, values);
  return rows[0]!.count === 1;
}

/** Writes one event for each counter of an hour that is over, and deletes the counter. */
export const REPEATED_EVENTS: Cleanup = {
  name: 'audit-repeats',
  intervalMs: 5 * 60_000,
  lock: LOCKS.auditRepeats,
  batchSize: 500,
  sql: `
    WITH over AS (
      DELETE FROM audit_repeat
       WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM audit_repeat WHERE ends_at <= now() LIMIT $1 FOR UPDATE SKIP LOCKED))
      RETURNING *),
    written AS (
      INSERT INTO audit_event
             (action, outcome, actor_type, subject_type, subject_id, ip_address, detail)
      SELECT action, outcome, 'anonymous', CASE WHEN client_id <> '' THEN 'client' END,
             nullif(client_id, ''), nullif(network, ''),
             detail || jsonb_build_object('repeated', count - 1,
               'from', to_char(ends_at AT TIME ZONE 'UTC' - interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
               'until', to_char(ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        FROM over WHERE count > 1)
    SELECT action FROM over`,
};
