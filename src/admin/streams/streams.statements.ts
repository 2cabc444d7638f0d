import { MOST_PENDING, PENDING_OF_STREAM } from '../../../contract';

/** The newest first. */
export const LIST_STREAMS = `
  SELECT s.id AS "streamId", s.client_id AS "clientId", s.description, s.method,
         s.endpoint_url AS "endpointUrl", s.status, s.status_reason AS "statusReason",
         s.created_at AS "createdAt", ${PENDING_OF_STREAM} AS "pending"
    FROM event_stream s
   WHERE $1::timestamptz IS NULL OR (s.created_at, s.id) < ($1, $2)
   ORDER BY s.created_at DESC, s.id DESC LIMIT $3`;

/** The newest first. */
export const LIST_DELIVERIES = `
  SELECT id AS "deliveryId", jti, event_type AS "eventType", subject, state, attempts,
         last_error AS "lastError", created_at AS "createdAt", finished_at AS "finishedAt"
    FROM event_delivery
   WHERE stream_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::text IS NULL OR state = $3)
   ORDER BY id DESC LIMIT $4`;

export const LOCK_STREAM = 'SELECT id FROM event_stream WHERE id = $1 FOR UPDATE';

/** The oldest first, as many as may wait. */
export const REPLAY = `
  UPDATE event_delivery
     SET state = 'pending', attempts = 0, next_attempt_at = now(), failing_since = NULL, finished_at = NULL
   WHERE id IN (
     SELECT id FROM event_delivery
      WHERE stream_id = $1 AND state <> 'pending'
        AND ($2::bigint[] IS NULL OR id = ANY ($2)) AND ($3::timestamptz IS NULL OR created_at >= $3)
      ORDER BY id
      LIMIT (SELECT greatest(0, ${MOST_PENDING} - ${PENDING_OF_STREAM}) FROM event_stream s WHERE s.id = $1))`;

/** Only what the transmitter has paused: then its failures are counted. */
export const RESUME = `
  UPDATE event_stream SET status = 'enabled', status_reason = NULL, failures = 0, retry_at = NULL, updated_at = now()
   WHERE id = $1 AND status = 'paused' AND failures > 0`;
