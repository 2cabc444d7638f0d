import { APIError, createAuthEndpoint } from 'better-auth/api';
import { z } from 'zod';
import { findOwnStream, noContent, type SignalParts } from './parts';
import { SSF_PATHS } from './paths';
import {
  assertUnchanged,
  type ChangedStream,
  changedStreamSchema,
  newStreamSchema,
  toConfiguration,
  toStreamInput,
} from './stream-configuration';
import type { StreamRow } from './stream-store';
import { recordStreamEvent } from './stream-audit';
import type { HookContext } from '../common/hook-types';

const streamQuery = z.object({ stream_id: z.string().max(64).optional() });
const oneStreamQuery = z.object({ stream_id: z.string().max(64) });

const TOO_MANY = { code: 'TOO_MANY_STREAMS', message: 'A client has at most four streams.' };

/** Create, read, update, replace and delete a stream (SSF 1.0, section 8.1.1). */
export function streamEndpoints(parts: SignalParts) {
  const { access, config, streams } = parts;
  return {
    createEventStream: createAuthEndpoint(
      SSF_PATHS.stream,
      { method: 'POST', body: newStreamSchema },
      async (ctx) => {
        const clientId = await access.admit(ctx);
        const input = await toStreamInput(ctx.body, { former: null, config });
        const row = await streams.inTransaction(async (run) => {
          const made = await streams.insert(run, { clientId, input });
          if (made) await recordStreamEvent(run, { ctx, row: made, action: 'stream.created' });
          return made;
        });
        if (!row) throw new APIError('CONFLICT', TOO_MANY);
        ctx.setStatus(201);
        return ctx.json(toConfiguration(row, config));
      },
    ),
    readEventStreams: createAuthEndpoint(
      SSF_PATHS.stream,
      { method: 'GET', query: streamQuery },
      async (ctx) => {
        const { stream_id: streamId } = ctx.query;
        if (streamId !== undefined) {
          return ctx.json(toConfiguration(await findOwnStream(parts, { ctx, streamId }), config));
        }
        const rows = await streams.list(await access.admit(ctx));
        return ctx.json(rows.map((row) => toConfiguration(row, config)));
      },
    ),
    updateEventStream: createAuthEndpoint(
      SSF_PATHS.stream,
      { method: 'PATCH', body: changedStreamSchema },
      async (ctx) => ctx.json(await changeStream(parts, { ctx, isReplaced: false })),
    ),
    replaceEventStream: createAuthEndpoint(
      SSF_PATHS.stream,
      { method: 'PUT', body: changedStreamSchema },
      async (ctx) => ctx.json(await changeStream(parts, { ctx, isReplaced: true })),
    ),
    deleteEventStream: createAuthEndpoint(
      SSF_PATHS.stream,
      { method: 'DELETE', query: oneStreamQuery },
      async (ctx) => {
        const row = await findOwnStream(parts, { ctx, streamId: ctx.query.stream_id });
        await streams.inTransaction(async (run) => {
          await streams.delete(run, row.id);
          await recordStreamEvent(run, { ctx, row, action: 'stream.deleted' });
        });
        return noContent();
      },
    ),
  };
}

interface Change {
  ctx: Pick<HookContext, 'headers'> & { body: ChangedStream };
  /** Fields that are missing are removed. */
  isReplaced: boolean;
}

async function changeStream(parts: SignalParts, { ctx, isReplaced }: Change) {
  const { config, streams } = parts;
  const former = await findOwnStream(parts, { ctx, streamId: ctx.body.stream_id });
  assertUnchanged(ctx.body, toConfiguration(former, config));
  const kept: StreamRow | null = isReplaced ? null : former;
  const input = await toStreamInput(ctx.body, { former: kept, config });
  const row = await streams.inTransaction(async (run) => {
    const changed = await streams.update(run, former.id, input);
    if (changed) await recordStreamEvent(run, { ctx, row: changed, action: 'stream.updated' });
    return changed;
  });
  return toConfiguration(row ?? former, config);
}
