import { isDeepStrictEqual } from 'node:util';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { z } from 'zod';
import { findOwnStream, noContent, noSuchStream, type SignalParts } from './parts';
import { SSF_PATHS } from './paths';
import {
  assertUnchanged,
  type ChangedStream,
  changedStreamSchema,
  newStreamSchema,
  toConfiguration,
  toStreamInput,
} from './stream-configuration';
import type { StreamInput, StreamRow } from './stream-store';
import { recordStreamEvent } from './stream-audit';
import type { HookContext } from '../common/hook-types';
import type { RunStatement } from '../../runtime/jobs/cleanup';

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
        if (!row) {
          // Or the client was deleted meanwhile.
          await access.admit(ctx);
          throw new APIError('CONFLICT', TOO_MANY);
        }
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
        const isDeleted = await streams.inTransaction(async (run) => {
          const existed = await streams.delete(run, row.id);
          if (existed) await recordStreamEvent(run, { ctx, row, action: 'stream.deleted' });
          return existed;
        });
        if (!isDeleted) throw noSuchStream();
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

async function changeStream(parts: SignalParts, change: Change) {
  const clientId = await parts.access.admit(change.ctx);
  const changed = await parts.streams.inTransaction((run) =>
    changeLocked(parts, { ...change, clientId, run }).catch((error: unknown) => {
      // A refusal has written nothing: the connection stays in use.
      if (error instanceof APIError) return error;
      throw error;
    }),
  );
  if (changed instanceof APIError) throw changed;
  return toConfiguration(changed, parts.config);
}

/** @throws {APIError} 400, 404 */
async function changeLocked(
  { config, streams }: SignalParts,
  { ctx, isReplaced, clientId, run }: Change & { clientId: string; run: RunStatement },
): Promise<StreamRow> {
  const former = await streams.lock(run, { clientId, id: ctx.body.stream_id });
  if (!former) throw noSuchStream();
  assertUnchanged(ctx.body, toConfiguration(former, config));
  const input = await toStreamInput(ctx.body, { former, isReplaced, config });
  if (isSame(input, former)) return former;
  const row = await streams.update(run, former, input);
  await recordStreamEvent(run, { ctx, row, action: 'stream.updated' });
  return row;
}

/** An authorization that is sent again is encrypted anew, and counts as another one. */
function isSame(input: StreamInput, row: StreamRow): boolean {
  return Object.entries(input).every(([name, value]) =>
    isDeepStrictEqual(value, row[name as keyof StreamInput]),
  );
}
