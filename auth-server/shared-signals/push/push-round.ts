import { symmetricDecrypt } from 'better-auth/crypto';
import { ConcurrencyLimit } from '../../admission/concurrency-limit';
import { toCipherKey } from '../../common/secrets';
import { type Delivery, toErrorText } from '../delivery-store';
import type { SignalParts } from '../parts';
import { failed, pushSet, type PushResult } from './push-request';
import { openSigner } from '../set-signer';
import { addEvents } from '../event-collector';
import { toStatusEvent } from '../security-events';
import { recordStreamEvent } from '../stream-audit';
import type { StreamRow } from '../stream-store';

/** Requests to one receiver at the same time, each about another subject. */
const MOST_AT_ONCE = 10;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** The pause after a number of failures: it doubles up to an hour. */
function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 30));
}

type PushStream = StreamRow & { failures: number };

/** What the pushes of all streams share. */
export interface PushWork {
  parts: SignalParts;
  /** Held during statements, and not during a request to a receiver. */
  places: ConcurrencyLimit;
  signal: AbortSignal;
}

/** Tokens of one stream that are sent at the same time. */
interface Batch {
  stream: PushStream;
  /** An error: its version of the secret is missing. Nothing is sent without it. */
  authorization: string | null | Error;
  tokens: { delivery: Delivery; set: string }[];
}

interface Sent {
  stream: PushStream;
  delivery: Delivery;
  result: PushResult;
}

/** Sends what waits for one receiver until nothing can be sent, or the receiver fails. */
export async function pushStream(work: PushWork, streamId: string): Promise<number> {
  const { parts, places, signal } = work;
  let sent = 0;
  while (!signal.aborted) {
    const batch = await places.run(() => prepare(parts, streamId));
    if (!batch) return sent;
    const results = await sendAll(work, batch);
    sent += results.filter(({ outcome }) => outcome !== 'failed').length;
    const { failures } = batch.stream;
    const ms = toPause(results, failures);
    const isChanged = ms !== null || failures > 0;
    if (isChanged) await places.run(() => parts.streams.backOff(batch.stream, ms));
    if (ms !== null) return sent;
  }
  return sent;
}

/** @returns `null` when nothing can be sent. */
async function prepare(parts: SignalParts, streamId: string): Promise<Batch | null> {
  await parts.deliveries.collect(streamId);
  const stream = await parts.streams.findPushed(streamId);
  const heads = stream ? await parts.deliveries.listHeads(streamId, MOST_AT_ONCE) : [];
  return stream && heads.length > 0 ? signAll(parts, { stream, heads }) : null;
}

async function signAll(
  parts: SignalParts,
  { stream, heads }: { stream: PushStream; heads: Delivery[] },
): Promise<Batch> {
  const { config, deliveries, signingKeys } = parts;
  const authorization = await readAuthorization(parts, stream);
  const sign = await openSigner({ config, signingKeys });
  await deliveries.countAttempts(heads);
  const tokens = heads.map(async (delivery) => {
    return { delivery, set: await sign(delivery, stream.clientId) };
  });
  return { stream, authorization, tokens: await Promise.all(tokens) };
}

async function readAuthorization({ config }: SignalParts, { authorization }: StreamRow) {
  if (authorization === null) return null;
  const read = symmetricDecrypt({ key: toCipherKey(config), data: authorization });
  return read.catch(() => new Error('the stored Authorization header cannot be decrypted'));
}

/**
 * Until the next attempt of the whole stream; `null`: no pause. A token that is refused or postponed
 * does not delay the others.
 */
function toPause(results: PushResult[], failures: number): number | null {
  const failing = results.flatMap((one) => (one.outcome === 'failed' ? [one] : []));
  const retryAfterMs = Math.max(0, ...failing.map((one) => one.retryAfterMs));
  const isAnswered = failing.length < results.length;
  if (retryAfterMs === 0 && isAnswered) return null;
  return Math.max(pauseAfter(failures), retryAfterMs);
}

async function sendAll(work: PushWork, batch: Batch): Promise<PushResult[]> {
  const { parts, places, signal } = work;
  const { stream, authorization, tokens } = batch;
  // One at a time, so that a stream waits for one place, as the others do.
  const turns = new ConcurrencyLimit({ width: 1, capacity: MOST_AT_ONCE });
  const results = tokens.map(async ({ delivery, set }) => {
    const allowed = parts.config.streamDestinations;
    const result =
      authorization instanceof Error
        ? failed(authorization.message)
        : await pushSet({ url: stream.endpointUrl!, set, authorization, allowed, signal });
    const sent = { stream, delivery, result };
    const isTooLong = await turns.run(() => places.run(() => note(parts, sent)));
    // An attempt that a stop has ended says nothing about the receiver.
    if (isTooLong && !signal.aborted) await giveUp(work, sent);
    return result;
  });
  return Promise.all(results);
}

/** @returns whether the delivery has failed for a day. */
async function note(parts: SignalParts, { stream, delivery, result }: Sent): Promise<boolean> {
  const { deliveries } = parts;
  const { id, jti, attempts } = delivery;
  if (result.outcome === 'accepted') await deliveries.acknowledge(stream.id, [jti]);
  else if (result.outcome === 'refused') {
    await deliveries.fail(stream.id, [{ jti, error: result.error }]);
  } else {
    const ms = Math.max(pauseAfter(attempts), result.retryAfterMs);
    return deliveries.postpone({ stream, id }, { ms, error: result.error });
  }
  return false;
}

/** A receiver that accepts other tokens is not paused for one. */
async function giveUp(work: PushWork, { stream, delivery, result }: Sent): Promise<void> {
  if (result.outcome === 'accepted') return;
  const { places, parts } = work;
  const { deliveries } = parts;
  const { error, outcome } = result;
  const isReceiver =
    outcome === 'failed' && !(await places.run(() => deliveries.hasDelivered(delivery.id)));
  if (isReceiver) await pause(work, { stream, error });
  else await places.run(() => deliveries.fail(stream.id, [{ jti: delivery.jti, error }]));
}

/**
 * A receiver that has failed for a day is not tried again until its stream is enabled. It gets an
 * event about that once (SSF 1.0, section 8.1.5), and again when the stream is enabled.
 */
async function pause(
  work: PushWork,
  { stream, error }: { stream: PushStream; error: string },
): Promise<void> {
  const text = toErrorText(`The delivery has failed for a day: ${error}`);
  const reason = text.slice(0, 200).toWellFormed();
  const batch = await work.places.run(() => tellPause(work.parts, { stream, reason }));
  if (batch) await sendAll(work, batch);
}

/** @returns the event about it; `null` when the stream was not enabled. */
async function tellPause(
  parts: SignalParts,
  { stream, reason }: { stream: PushStream; reason: string },
): Promise<Batch | null> {
  const { deliveries, streams } = parts;
  const isPaused = await streams.inTransaction(async (run) => {
    if (!(await streams.pause(run, stream, reason))) return false;
    const event = toStatusEvent(stream.id, { status: 'paused', reason });
    await addEvents(run, { streamId: stream.id, events: [event] });
    await recordStreamEvent(run, { row: stream, action: 'stream.paused', detail: { reason } });
    return true;
  });
  const told = isPaused ? await deliveries.findStatusEvent(stream.id) : null;
  return told && signAll(parts, { stream, heads: [told] });
}
