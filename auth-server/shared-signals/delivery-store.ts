import type { Pool } from 'pg';
import { addEvents, collectEvents } from './event-collector';
import { type SecurityEvent, STREAM_UPDATED } from './security-events';
import { IS_HELD } from '../../contract';
import { type InTransaction, type RunStatement, transactionsOf } from '../../runtime/jobs/cleanup';

/** A security event that waits for its receiver. */
export interface Delivery {
  id: string;
  jti: string;
  txn: string;
  type: string;
  issuedAt: Date;
  claims: SecurityEvent['claims'];
  /** Earlier attempts. */
  attempts: number;
}

/** Where the tokens of a stream are sent. */
interface Destination {
  /** Of the stream. */
  id: string;
  endpointUrl: string | null;
  authorization: string | null;
}

export function destinationOf({ id, endpointUrl, authorization }: Destination) {
  return [id, endpointUrl, authorization];
}

/** A token that its receiver does not accept. */
interface RefusedToken {
  jti: string;
  error: string;
}

/** The longest text of an error in the log. */
const LONGEST_ERROR = 500;

const COLUMNS = `id, jti, txn, event_type AS "type", created_at AS "issuedAt", claims, attempts`;

const LIST_PENDING = `
  SELECT ${COLUMNS} FROM event_delivery
   WHERE stream_id = $1 AND state = 'pending' AND NOT ${IS_HELD} ORDER BY id LIMIT $2`;

/** Of each subject only the oldest: the next one waits for it. */
export const headsOf = (streamId: string) => `
    SELECT DISTINCT ON (subject) ${COLUMNS}, next_attempt_at FROM event_delivery
     WHERE stream_id = ${streamId} AND state = 'pending' AND NOT ${IS_HELD} ORDER BY subject, id`;

const LIST_HEADS = `
  SELECT * FROM (${headsOf('$1')}) AS head
   WHERE next_attempt_at <= now() ORDER BY id LIMIT $2`;

/** The last event about the status of the stream. */
const FIND_STATUS_EVENT = `
  SELECT ${COLUMNS} FROM event_delivery
   WHERE stream_id = $1 AND event_type = $2 AND state = 'pending' ORDER BY id DESC LIMIT 1`;

const FORGET_PENDING = `
  DELETE FROM event_delivery WHERE stream_id = $1 AND event_type = $2 AND state = 'pending'`;

const COUNT_ATTEMPTS = 'UPDATE event_delivery SET attempts = attempts + 1 WHERE id = ANY($1)';

const FINISHED = 'finished_at = now(), failing_since = NULL';

const ACKNOWLEDGE = `
  UPDATE event_delivery SET state = 'delivered', ${FINISHED}
   WHERE stream_id = $1 AND jti::text = ANY($2) AND state = 'pending'`;

/** One statement for all: a receiver chooses their number. */
const FAIL = `
  UPDATE event_delivery SET state = 'failed', last_error = refused.error, ${FINISHED}
    FROM unnest($2::text[], $3::text[]) AS refused (jti, error)
   WHERE stream_id = $1 AND event_delivery.jti::text = refused.jti AND state = 'pending'`;

/** A receiver that does not find the key is asked again for an hour: it can have an old key set. */
const DOUBT = `
  UPDATE event_delivery SET failing_since = coalesce(failing_since, now()), last_error = refused.error
    FROM unnest($2::text[], $3::text[]) AS refused (jti, error)
   WHERE stream_id = $1 AND event_delivery.jti::text = refused.jti AND state = 'pending'
     AND coalesce(failing_since > now() - interval '1 hour', true)`;

/** Whether the stream `s` has the destination of `destinationOf` still. */
export const IS_DESTINATION = `(s.id = $1 AND s.endpoint_url IS NOT DISTINCT FROM $2
     AND s."authorization" IS NOT DISTINCT FROM $3)`;

/**
 * What waits for a new destination is tried there at once: a failed attempt at the former one does not
 * postpone it.
 *
 * A pause lasts an hour at most. A longer time without an attempt, for example while the client is
 * disabled, says nothing about the receiver: the day begins again.
 */
const POSTPONE = `
  UPDATE event_delivery
     SET next_attempt_at = now() + $5 * interval '1 ms', last_error = $6,
         failing_since = CASE WHEN next_attempt_at > now() - interval '2 hours'
                              THEN coalesce(failing_since, now()) ELSE now() END
    FROM event_stream s
   WHERE ${IS_DESTINATION} AND event_delivery.id = $4 AND event_delivery.stream_id = s.id
     AND state = 'pending'
  RETURNING failing_since < now() - interval '24 hours' AS "isTooLong"`;

/**
 * Whether the receiver has accepted another token since this one fails. Those of the first hour do
 * not count: the receiver can have failed between two tokens of a batch.
 */
const HAS_DELIVERED = `
  SELECT FROM event_delivery d JOIN event_delivery other USING (stream_id)
   WHERE d.id = $1 AND other.state = 'delivered'
     AND other.finished_at >= d.failing_since + interval '1 hour'
   LIMIT 1`;

/** The tokens that wait for receivers, and the results of their deliveries. */
export class DeliveryStore {
  readonly inTransaction: InTransaction;

  constructor(
    private readonly pool: Pool,
    private readonly issuer: string,
  ) {
    this.inTransaction = transactionsOf(pool);
  }

  /** Takes new events over from the outbox. */
  async collect(streamId: string): Promise<void> {
    const { issuer } = this;
    await this.inTransaction((run) => collectEvents(run, { streamId, issuer }));
  }

  /**
   * Adds the event of a verification, to a stream that the transaction has locked. It replaces one
   * that waits, so at most one waits.
   */
  async verify(run: RunStatement, streamId: string, event: SecurityEvent): Promise<void> {
    await run(FORGET_PENDING, [streamId, event.type]);
    await addEvents(run, { streamId, events: [event] });
  }

  /** The oldest first, one more than asked for when there are more. */
  async listPending(streamId: string, most: number): Promise<Delivery[]> {
    return (await this.pool.query<Delivery>(LIST_PENDING, [streamId, most + 1])).rows;
  }

  /** What can be sent now: of each subject the oldest. */
  async listHeads(streamId: string, most: number): Promise<Delivery[]> {
    return (await this.pool.query<Delivery>(LIST_HEADS, [streamId, most])).rows;
  }

  async findStatusEvent(streamId: string): Promise<Delivery | null> {
    const values = [streamId, STREAM_UPDATED];
    return (await this.pool.query<Delivery>(FIND_STATUS_EVENT, values)).rows[0] ?? null;
  }

  async countAttempts(deliveries: Delivery[]): Promise<void> {
    if (deliveries.length > 0)
      await this.pool.query(COUNT_ATTEMPTS, [deliveries.map(({ id }) => id)]);
  }

  async acknowledge(streamId: string, jtis: string[]): Promise<void> {
    if (jtis.length > 0) await this.pool.query(ACKNOWLEDGE, [streamId, jtis]);
  }

  /** The receiver refuses the tokens themselves: they are not sent again. */
  async fail(streamId: string, refused: readonly RefusedToken[]): Promise<void> {
    if (refused.length > 0) await this.pool.query(FAIL, valuesOf(streamId, refused));
  }

  /** The receiver does not find the key of the tokens: they are sent again, signed anew. */
  async doubt(streamId: string, refused: readonly RefusedToken[]): Promise<void> {
    if (refused.length === 0) return;
    const values = valuesOf(streamId, refused);
    await this.pool.query(`${FAIL} AND failing_since <= now() - interval '1 hour'`, values);
    await this.pool.query(DOUBT, values);
  }

  /** @returns whether the delivery has failed for a day. */
  async postpone(
    { stream, id }: { stream: Destination; id: string },
    { ms, error }: { ms: number; error: string },
  ): Promise<boolean> {
    const values = [...destinationOf(stream), id, ms, toErrorText(error)];
    const { rows } = await this.pool.query<{ isTooLong: boolean }>(POSTPONE, values);
    return rows[0]?.isTooLong ?? false;
  }

  /** @returns whether the receiver has accepted another token since this one fails. */
  async hasDelivered(id: string): Promise<boolean> {
    return (await this.pool.query(HAS_DELIVERED, [id])).rowCount === 1;
  }
}

function valuesOf(streamId: string, refused: readonly RefusedToken[]): unknown[] {
  const jtis = refused.map(({ jti }) => jti);
  return [streamId, jtis, refused.map(({ error }) => toErrorText(error))];
}

/** The text of a receiver, without control characters. */
export function toErrorText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, LONGEST_ERROR)
    .toWellFormed();
}
