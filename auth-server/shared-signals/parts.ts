import { APIError } from 'better-auth/api';
import type { Pool } from 'pg';
import { DeliveryStore } from './delivery-store';
import { ReceiverAccess } from './receiver-access';
import { type StreamRow, StreamStore } from './stream-store';
import type { AuthConfig } from '../common/config';
import type { HookContext } from '../common/hook-types';
import { SigningKeys } from '../signing-keys/signing-keys';

/** What the endpoints for receivers use. */
export interface SignalParts {
  config: AuthConfig;
  signingKeys: SigningKeys;
  access: ReceiverAccess;
  streams: StreamStore;
  deliveries: DeliveryStore;
}

export function createSignalParts({
  config,
  pool,
}: {
  config: AuthConfig;
  pool: Pool;
}): SignalParts {
  const signingKeys = new SigningKeys(config, pool);
  return {
    config,
    signingKeys,
    access: new ReceiverAccess({ config, pool, signingKeys }),
    streams: new StreamStore(pool),
    deliveries: new DeliveryStore(pool, config.jwtIssuer),
  };
}

/** @throws {APIError} 401, 403; 404 also for a stream of another client. */
export async function findOwnStream(
  { access, streams }: SignalParts,
  { ctx, streamId }: { ctx: Pick<HookContext, 'headers'>; streamId: string },
): Promise<StreamRow> {
  const clientId = await access.admit(ctx);
  const row = await streams.find(clientId, streamId);
  if (!row) throw noSuchStream();
  return row;
}

export function noSuchStream(): APIError {
  return new APIError('NOT_FOUND', { code: 'NOT_FOUND', message: 'No such stream.' });
}

/** An answer without content. */
export function noContent(status = 204): Response {
  return new Response(null, { status, headers: { 'cache-control': 'no-store' } });
}
