import { APIError, createAuthEndpoint } from 'better-auth/api';
import { z } from 'zod';
import { findOwnStream, noContent, noSuchStream, type SignalParts } from './parts';
import { SSF_PATHS } from './paths';
import { toStreamEvent, VERIFICATION } from './security-events';
import { recordStreamEvent } from './stream-audit';
import { invalid, shortText } from './stream-configuration';
import { type StreamRow, VERIFICATION_INTERVAL_S } from './stream-store';

const streamId = z.string().max(64);

const statusQuery = z.object({ stream_id: streamId });

const statusSchema = z.strictObject({
  stream_id: streamId,
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: shortText.optional(),
});

/** RFC 9493, section 3.2.3. */
const issSub = z.strictObject({
  format: z.literal('iss_sub'),
  iss: z.string().max(2_000),
  sub: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w-]+$/),
});

/** RFC 9493, section 3.2.2. */
const email = z.strictObject({ format: z.literal('email'), email: z.email().max(254) });

/** A user by the account or the e-mail address. Other formats are refused. */
const user = z.union([issSub, email]);

const subjectSchema = z.strictObject({
  stream_id: streamId,
  subject: z.union([user, z.strictObject({ format: z.literal('complex'), user })]),
  verified: z.boolean().optional(),
});

const verifySchema = z.strictObject({ stream_id: streamId, state: z.string().max(200).optional() });

const TOO_SOON = { code: 'TOO_MANY_REQUESTS', message: 'The last verification was too recent.' };

/** Status, subjects and verification of a stream (SSF 1.0, sections 8.1.2 to 8.1.4). */
export function receiverEndpoints(parts: SignalParts) {
  return { ...statusEndpoints(parts), ...subjectEndpoints(parts), ...verification(parts) };
}

function toStatus({ id, status, statusReason }: StreamRow) {
  return { stream_id: id, status, ...(statusReason !== null && { reason: statusReason }) };
}

function statusEndpoints(parts: SignalParts) {
  const { streams } = parts;
  return {
    readEventStreamStatus: createAuthEndpoint(
      SSF_PATHS.status,
      { method: 'GET', query: statusQuery },
      async (ctx) => {
        const row = await findOwnStream(parts, { ctx, streamId: ctx.query.stream_id });
        return ctx.json(toStatus(row));
      },
    ),
    updateEventStreamStatus: createAuthEndpoint(
      SSF_PATHS.status,
      { method: 'POST', body: statusSchema },
      async (ctx) => {
        const { stream_id: id, status, reason: statusReason = null } = ctx.body;
        const row = await findOwnStream(parts, { ctx, streamId: id });
        const isChanged = await streams.inTransaction(async (run) => {
          const differs = await streams.setStatus(run, { id, status, reason: statusReason });
          const detail = { status, reason: statusReason };
          if (differs) await recordStreamEvent(run, { ctx, row, action: 'stream.updated', detail });
          return differs;
        });
        if (isChanged === null) throw noSuchStream();
        return ctx.json(toStatus({ ...row, status, statusReason }));
      },
    ),
  };
}

function subjectEndpoints(parts: SignalParts) {
  const { config, streams } = parts;
  type Subject = z.infer<typeof subjectSchema>['subject'];
  /** `null` for an unknown subject. The answer is the same: it does not tell who has an account. */
  const userOf = async (subject: Subject): Promise<string | null> => {
    const named = subject.format === 'complex' ? subject.user : subject;
    if (named.format === 'email') return streams.findUser({ email: named.email });
    return named.iss === config.jwtIssuer ? streams.findUser({ id: named.sub }) : null;
  };
  return {
    addEventStreamSubject: createAuthEndpoint(
      SSF_PATHS.addSubject,
      { method: 'POST', body: subjectSchema },
      async (ctx) => {
        const row = await findOwnStream(parts, { ctx, streamId: ctx.body.stream_id });
        const userId = await userOf(ctx.body.subject);
        if (userId === null) return noContent(200);
        await streams.inTransaction(async (run) => {
          if (!(await streams.include(run, row.id, userId))) return;
          const detail = { addedSubject: userId };
          await recordStreamEvent(run, { ctx, row, action: 'stream.updated', detail });
        });
        return noContent(200);
      },
    ),
    removeEventStreamSubject: createAuthEndpoint(
      SSF_PATHS.removeSubject,
      { method: 'POST', body: subjectSchema },
      async (ctx) => {
        const row = await findOwnStream(parts, { ctx, streamId: ctx.body.stream_id });
        const userId = await userOf(ctx.body.subject);
        if (userId === null) return noContent();
        const isChanged = await streams.inTransaction(async (run) => {
          const differs = await streams.exclude(run, row.id, userId);
          const detail = { removedSubject: userId };
          if (differs) await recordStreamEvent(run, { ctx, row, action: 'stream.updated', detail });
          return differs;
        });
        if (isChanged !== null) return noContent();
        // Or it was deleted meanwhile.
        await findOwnStream(parts, { ctx, streamId: row.id });
        throw invalid('At most 1,000 subjects can be removed from a stream.');
      },
    ),
  };
}

function verification(parts: SignalParts) {
  const { deliveries, streams } = parts;
  return {
    verifyEventStream: createAuthEndpoint(
      SSF_PATHS.verify,
      { method: 'POST', body: verifySchema },
      async (ctx) => {
        const { stream_id: id, state } = ctx.body;
        const { status } = await findOwnStream(parts, { ctx, streamId: id });
        const payload = state === undefined ? {} : { state };
        const txn = crypto.randomUUID();
        const event = toStreamEvent(VERIFICATION, { streamId: id, txn, payload });
        const isTaken = await streams.inTransaction(async (run) => {
          const isInTime = await streams.takeVerification(run, id);
          // A disabled stream holds no events (SSF 1.0, section 8.1.2).
          if (isInTime && status !== 'disabled') await deliveries.verify(run, id, event);
          return isInTime;
        });
        if (isTaken) return noContent();
        // Or it was deleted meanwhile.
        await findOwnStream(parts, { ctx, streamId: id });
        const wait = { 'Retry-After': String(VERIFICATION_INTERVAL_S) };
        throw new APIError('TOO_MANY_REQUESTS', TOO_SOON, wait);
      },
    ),
  };
}
