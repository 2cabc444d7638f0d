import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createSignalParts } from '../parts';
import { pushStream, type PushWork } from './push-round';
import { ConcurrencyLimit } from '../../admission/concurrency-limit';
import type { AuthConfig } from '../../common/config';
import { tryWhileLocked } from '../../common/database';
import { LOCKS } from '../../../contract';
import type { Cleanup } from '../../../runtime/jobs/cleanup';
import type { Job } from '../../../runtime/jobs/jobs';

/** Pause between two looks for events to push. */
const INTERVAL_MS = 500;

/**
 * Streams that use the database at the same time. Receivers that fail together would otherwise take
 * all connections of the pool from the requests.
 */
const DATABASE_WIDTH = 2;

/** Streams whose receivers fail have their own place: thousands of attempts do not delay the others. */
const FAILING_WIDTH = 1;

/**
 * Pushes security events, on one auth server at a time: the lock keeps the order of a subject. A
 * receiver that answers slowly does not delay the others.
 */
export function createPushJob({ config, pool }: { config: AuthConfig; pool: Pool }): Job {
  const parts = createSignalParts({ config, pool });
  const [places, placesOfFailing] = [DATABASE_WIDTH, FAILING_WIDTH].map(
    (width) => new ConcurrencyLimit({ width, capacity: Infinity }),
  ) as [ConcurrencyLimit, ConcurrencyLimit];
  return {
    name: 'event-push',
    intervalMs: INTERVAL_MS,
    run: async (signal) => {
      if ((await parts.streams.listWaiting()).length === 0) return 0;
      const { databaseUrl } = config;
      const lock = { databaseUrl, key: LOCKS.eventPush };
      return tryWhileLocked(lock, () => pushWaiting({ parts, places, signal }, placesOfFailing));
    },
  };
}

/** Runs until no receiver is left to which something can be sent now. */
async function pushWaiting(pushWork: PushWork, placesOfFailing: ConcurrencyLimit): Promise<number> {
  const { parts, signal } = pushWork;
  const running = new Map<string, Promise<void>>();
  /** Streams to which nothing could be sent, such as those whose tokens are all postponed. */
  const idleUntil = new Map<string, number>();
  let sent = 0;
  /** The first one. */
  const failures: unknown[] = [];
  do {
    const waiting = signal.aborted ? [] : await parts.streams.listWaiting();
    for (const { id: streamId, isFailing } of waiting) {
      const isIdle = (idleUntil.get(streamId) ?? 0) > performance.now();
      if (running.has(streamId) || isIdle) continue;
      const places = isFailing ? placesOfFailing : pushWork.places;
      const work = pushStream({ ...pushWork, places }, streamId)
        .catch((error: unknown) => {
          if (failures.length === 0) failures.push(error);
          return 0;
        })
        .then((count) => {
          sent += count;
          if (count === 0) idleUntil.set(streamId, performance.now() + INTERVAL_MS);
          running.delete(streamId);
        });
      running.set(streamId, work);
    }
    if (running.size > 0) await Promise.race([...running.values(), sleep(INTERVAL_MS)]);
  } while (running.size > 0);
  if (failures.length > 0) throw failures[0];
  return sent;
}

/** The log of deliveries: a week, and at most 10,000 of a stream. */
export const DELIVERY_CLEANUP: Cleanup = {
  name: 'event-delivery-cleanup',
  intervalMs: 10 * 60_000,
  lock: LOCKS.eventDeliveryCleanup,
  sql: `
    DELETE FROM event_delivery WHERE id = ANY (ARRAY(
      SELECT d.id FROM event_stream s
       CROSS JOIN LATERAL (
         SELECT (SELECT id FROM event_delivery n WHERE n.stream_id = s.id
                  ORDER BY n.id DESC OFFSET 10000 LIMIT 1) AS id) AS last
        JOIN event_delivery d ON d.stream_id = s.id AND d.state <> 'pending'
         AND (d.id <= last.id OR d.finished_at < now() - interval '7 days')
       LIMIT $1))`,
  batchSize: 1_000,
};
