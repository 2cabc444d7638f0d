/**
 * Tokens that wait for one receiver at most. Further events stay in the outbox, which keeps them
 * for 24 hours for all readers.
 */
export const MOST_PENDING = 1_000;

/** SQL: the time of an event has not come, such as the earlier end that a session was given. */
export const IS_HELD = '(attempts = 0 AND next_attempt_at > now())';

/** SQL: how many tokens wait for the stream `s`. */
export const PENDING_OF_STREAM = `(SELECT count(*)::integer FROM event_delivery d
  WHERE d.stream_id = s.id AND d.state = 'pending' AND NOT ${IS_HELD})`;

/** SQL: the waiting tokens of the stream `$1` are sent at once, and can fail for a day again. */
export const RETRY_NOW = `
  UPDATE event_delivery SET next_attempt_at = now(), failing_since = NULL
   WHERE stream_id = $1 AND state = 'pending' AND NOT ${IS_HELD}`;
