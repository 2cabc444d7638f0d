import { symmetricDecrypt } from 'better-auth/crypto';
import { toCipherKey } from '../../common/secrets';
import type { Delivery } from '../delivery-store';
import type { SignalParts } from '../parts';
import { pushSet, type PushResult } from './push-request';
import { openSigner } from '../set-signer';
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
    const accepted = await sendAll(parts, { stream, heads });
    if (accepted === 0) {
      await parts.streams.backOff(streamId, pauseAfter(stream.failures));
      return sent;
    }
    if (stream.failures > 0) await parts.streams.backOff(streamId, null);
    sent += accepted;
  }
  return sent;
}

interface Batch {
  stream: PushStream;
  heads: Delivery[];
}

/** @returns how many tokens the receiver has answered for, also by refusing them. */
async function sendAll(parts: SignalParts, { stream, heads }: Batch): Promise<number> {
  const { config, deliveries, signingKeys } = parts;
  const authorization = await readAuthorization(parts, stream);
  const sign = await openSigner({ config, signingKeys });
  await deliveries.countAttempts(heads);
  const results = heads.map(async (delivery) => {
    const set = await sign(delivery, stream.clientId);
    const allowed = config.streamDestinations;
    const result = await pushSet({ url: stream.endpointUrl!, set, authorization, allowed });
    await note(parts, { stream, delivery, result });
    return result.outcome !== 'failed';
  });
  return (await Promise.all(results)).filter(Boolean).length;
}

async function readAuthorization({ config }: SignalParts, { authorization }: StreamRow) {
  if (authorization === null) return null;
  return symmetricDecrypt({ key: toCipherKey(config), data: authorization });
}

interface Sent {
  stream: PushStream;
  delivery: Delivery;
  result: PushResult;
}

async function note(parts: SignalParts, { stream, delivery, result }: Sent): Promise<void> {
  const { deliveries } = parts;
  const { id, jti, attempts } = delivery;
  if (result.outcome === 'accepted') return deliveries.acknowledge(stream.id, [jti]);
  const { error } = result;
  if (result.outcome === 'refused') return deliveries.fail(stream.id, { jti, error });
  const isTooLong = await deliveries.postpone(id, { ms: pauseAfter(attempts), error });
  if (isTooLong) await pause(parts, { stream, error });
}

/** A receiver that has failed for a day is not tried again until its stream is enabled. */
async function pause(
  { streams }: SignalParts,
  { stream, error }: { stream: StreamRow; error: string },
): Promise<void> {
  const reason = `The delivery has failed for a day: ${error}`.slice(0, 200);
  await streams.inTransaction(async (run) => {
    if (!(await streams.pause(run, { id: stream.id, reason }))) return;
    await recordStreamEvent(run, { row: stream, action: 'stream.paused', detail: { reason } });
  });
}
