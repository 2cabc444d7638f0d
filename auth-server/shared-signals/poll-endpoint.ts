import { setTimeout as sleep } from 'node:timers/promises';
import { createAuthEndpoint } from 'better-auth/api';
import { z } from 'zod';
import { findOwnStream, type SignalParts } from './parts';
import { KEY_ERROR } from './security-events';
import { SSF_PATHS } from './paths';
import { openSigner } from './set-signer';
import { invalid } from './stream-configuration';
import type { StreamRow } from './stream-store';
import { requestContext } from '../common/request-context';

/** Tokens of one answer at most. */
const MOST_SETS = 100;

/** How long an answer without tokens waits: less than the API waits for this server. */
const LONG_POLL_MS = 2_500;
const LOOK_INTERVAL_MS = 250;

/** Tokens that one request acknowledges, and that it refuses, at most. */
const MOST_REPORTED = 1_000;

const jti = z.string().max(64);

const pollSchema = z.strictObject({
  maxEvents: z.int().min(0).optional(),
  returnImmediately: z.boolean().optional(),
  ack: z.array(jti).max(MOST_REPORTED).optional(),
  setErrs: z
    .record(
      jti,
      z.object({ err: z.string().max(100), description: z.string().max(2_000).optional() }),
    )
    .refine((errors) => Object.keys(errors).length <= MOST_REPORTED)
    .optional(),
});

type PollRequest = z.infer<typeof pollSchema>;

/** Delivery by polling (RFC 8936). */
export function pollEndpoint(parts: SignalParts) {
  /** Streams with a request that waits: a second one is answered at once. */
  const waiting = new Set<string>();
  return {
    pollEventStream: createAuthEndpoint(
      `${SSF_PATHS.poll}/:streamId`,
      { method: 'POST', body: pollSchema },
      async (ctx) => {
        const { streamId } = ctx.params;
        const stream = await findOwnStream(parts, { ctx, streamId: streamId.slice(0, 64) });
        if (stream.method !== 'poll') throw invalid('The stream is delivered by push.');
        const isOfKey = await acknowledge(parts, { streamId: stream.id, poll: ctx.body });
        const isWaiting = waiting.has(stream.id);
        const waits = ctx.body.returnImmediately !== true && ctx.body.maxEvents !== 0 && !isWaiting;
        if (waits) waiting.add(stream.id);
        try {
          const found = await answer(parts, { stream, poll: ctx.body, waits, isOfKey });
          return await ctx.json(found);
        } finally {
          if (waits) waiting.delete(stream.id);
        }
      },
    ),
  };
}

/** @returns whether the receiver does not find the key of a token. */
async function acknowledge(
  { deliveries }: SignalParts,
  { streamId, poll }: { streamId: string; poll: PollRequest },
): Promise<boolean> {
  await deliveries.acknowledge(streamId, poll.ack ?? []);
  const refused = Object.entries(poll.setErrs ?? {});
  const toRefused = ([id, { err, description = '' }]: (typeof refused)[number]) => ({
    jti: id,
    error: `${err}: ${description}`,
  });
  const isOfKey = ([, { err }]: (typeof refused)[number]) => err === KEY_ERROR;
  await deliveries.doubt(streamId, refused.filter(isOfKey).map(toRefused));
  await deliveries.fail(streamId, refused.filter((one) => !isOfKey(one)).map(toRefused));
  return refused.some(isOfKey);
}

interface Answering {
  stream: StreamRow;
  poll: PollRequest;
  waits: boolean;
  /** Whether the receiver does not find the key of a token. */
  isOfKey: boolean;
}

async function answer(parts: SignalParts, { stream, poll, waits, isOfKey }: Answering) {
  const most = Math.min(poll.maxEvents ?? MOST_SETS, MOST_SETS);
  const read = () => readSets(parts, { stream, most });
  // After a wait, the state of the stream and of its client is read again.
  const readWaiting = async () => ((await parts.streams.hasWaiting(stream.id)) ? read() : NONE);
  // Otherwise a receiver that cannot verify a token gets it again at once, as fast as it asks.
  if (waits && isOfKey) {
    await leaveFor(LONG_POLL_MS);
    return readWaiting();
  }
  const deadline = performance.now() + LONG_POLL_MS;
  let found = stream.status === 'enabled' ? await read() : NONE;
  if (!waits) return found;
  while (Object.keys(found.sets).length === 0 && performance.now() <= deadline) {
    await leaveFor(LOOK_INTERVAL_MS);
    if (stream.status === 'enabled') found = await readWaiting();
  }
  return found;
}

/** While the request waits, others use its place. */
async function leaveFor(ms: number): Promise<void> {
  requestContext.getStore()?.place?.leave();
  await sleep(ms);
}

const NONE = { sets: {} as Record<string, string>, moreAvailable: false };

async function readSets(
  { config, deliveries, signingKeys }: SignalParts,
  { stream, most }: { stream: StreamRow; most: number },
) {
  await deliveries.collect(stream.id);
  const pending = await deliveries.listPending(stream.id, most);
  const sent = pending.slice(0, most);
  const moreAvailable = pending.length > most;
  if (sent.length === 0) return { ...NONE, moreAvailable };
  const sign = await openSigner({ config, signingKeys });
  await deliveries.countAttempts(sent);
  const entries = sent.map(async (one) => [one.jti, await sign(one, stream.clientId)] as const);
  return { sets: Object.fromEntries(await Promise.all(entries)), moreAvailable };
}
