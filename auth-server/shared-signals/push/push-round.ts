import { symmetricDecrypt } from 'better-auth/crypto';
import { toCipherKey } from '../../common/secrets';
import type { Delivery } from '../delivery-store';
import type { SignalParts } from '../parts';
import { pushSet, type PushResult } from './push-request';
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

/** Sends what waits for one receiver until nothing can be sent, or the receiver fails. */
export async function pushStream(
  parts: SignalParts,
  { streamId, signal }: { streamId: string; signal: AbortSignal },
): Promise<number> {
  let sent = 0;
  while (!signal.aborted) {
    await parts.deliveries.collect(streamId);
    const stream = await parts.streams.findPushed(streamId);
    const heads = stream ? await parts.deliveries.listHeads(streamId, MOST_AT_ONCE) : [];
    if (!stream || heads.length === 0) return sent;
    const results = await sendAll(parts, { stream, heads, signal });
    sent += results.filter(({ outcome }) => outcome !== 'failed').length;
    const ms = toPause(results, stream.failures);
    if (ms !== null || stream.failures > 0) await parts.streams.backOff(streamId, ms);
    if (ms !== null) return sent;
  }
  return sent;
}

/**
 * Until the next attempt of the whole stream; `null`: no pause. A token that is refused or postponed
 * does not delay the others.
 */
function toPause(results: PushResult[], failures: number): number | null {
  const failed = results.flatMap((one) => (one.outcome === 'failed' ? [one] : []));
  const retryAfterMs = Math.max(0, ...failed.map((one) => one.retryAfterMs));
  const isAnswered = failed.length < results.length;
  if (retryAfterMs === 0 && isAnswered) return null;
  return Math.max(pauseAfter(failures), retryAfterMs);
}

interface Batch {
  stream: PushStream;
  heads: Delivery[];
  signal: AbortSignal;
}

async function sendAll(
  parts: SignalParts,
  { stream, heads, signal }: Batch,
): Promise<PushResult[]> {
  const { config, deliveries, signingKeys } = parts;
  const authorization = await readAuthorization(parts, stream);
  const sign = await openSigner({ config, signingKeys });
  await deliveries.countAttempts(heads);
  const results = heads.map(async (delivery) => {
    const set = await sign(delivery, stream.clientId);
    const allowed = config.streamDestinations;
    const result = await pushSet({ url: stream.endpointUrl!, set, authorization, allowed, signal });
    await note(parts, { stream, delivery, result, signal });
    return result;
  });
  return Promise.all(results);
}

async function readAuthorization({ config }: SignalParts, { authorization }: StreamRow) {
  if (authorization === null) return null;
  return symmetricDecrypt({ key: toCipherKey(config), data: authorization });
}

interface Sent extends Omit<Batch, 'heads'> {
  delivery: Delivery;
  result: PushResult;
}

async function note(parts: SignalParts, { stream, delivery, result, signal }: Sent): Promise<void> {
  const { deliveries } = parts;
  const { id, jti, attempts } = delivery;
  if (result.outcome === 'accepted') return deliveries.acknowledge(stream.id, [jti]);
  const { outcome, error, retryAfterMs } = result;
  if (outcome === 'refused') return deliveries.fail(stream.id, [{ jti, error }]);
  const ms = Math.max(pauseAfter(attempts), retryAfterMs);
  const isTooLong = await deliveries.postpone(id, { ms, error });
  // An attempt that a stop has ended says nothing about the receiver.
  if (!isTooLong || signal.aborted) return;
  if (outcome === 'postponed') await deliveries.fail(stream.id, [{ jti, error }]);
  else await pause(parts, { stream, error, signal });
}

/**
 * A receiver that has failed for a day is not tried again until its stream is enabled. It gets an
 * event about that once (SSF 1.0, section 8.1.5), and again when the stream is enabled.
 */
async function pause(
  parts: SignalParts,
  { stream, error, signal }: Omit<Batch, 'heads'> & { error: string },
): Promise<void> {
  const { deliveries, streams } = parts;
  const reason = `The delivery has failed for a day: ${error}`.slice(0, 200);
  const isPaused = await streams.inTransaction(async (run) => {
    if (!(await streams.pause(run, { id: stream.id, reason }))) return false;
    const event = toStatusEvent(stream.id, { status: 'paused', reason });
    await addEvents(run, { streamId: stream.id, events: [event] });
    await recordStreamEvent(run, { row: stream, action: 'stream.paused', detail: { reason } });
    return true;
  });
  const told = isPaused ? await deliveries.findStatusEvent(stream.id) : null;
  if (told) await sendAll(parts, { stream, heads: [told], signal });
}
