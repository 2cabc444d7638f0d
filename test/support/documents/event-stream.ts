import { randomUUID } from 'node:crypto';
import type { System } from '../system';

/** A foreign key is checked at the end of the statement. */
const INSERT = `
  WITH client AS (
    INSERT INTO oauth_client (id, client_id, redirect_uris) VALUES ($1, $1, '[]')
  ), stream AS (
    INSERT INTO event_stream (id, client_id, slot, method, source, position)
    VALUES ($1, $1, 1, 'poll', '', pg_current_snapshot()::text)
  )
  INSERT INTO event_delivery (stream_id, txn, subject, event_type, claims)
  SELECT $1, 'example', $1, 'https://example.com/event', '{}' FROM generate_series(1, 2)`;

/** A receiver of security events with one stream and two deliveries. @returns the id of the stream. */
export async function addEventStream(system: Pick<System, 'query'>): Promise<string> {
  const id = randomUUID();
  await system.query(INSERT, [id]);
  return id;
}
