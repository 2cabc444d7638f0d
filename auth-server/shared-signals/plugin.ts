import type { BetterAuthPlugin } from 'better-auth';
import type { Pool } from 'pg';
import { createSignalParts } from './parts';
import { pollEndpoint } from './poll-endpoint';
import { receiverEndpoints } from './receiver-endpoints';
import { streamEndpoints } from './stream-endpoints';
import type { AuthConfig } from '../common/config';

/** The endpoints for receivers of security events (OpenID Shared Signals 1.0). */
export function sharedSignals(config: AuthConfig, pool: Pool) {
  const parts = createSignalParts({ config, pool });
  return {
    id: 'shared-signals',
    endpoints: { ...streamEndpoints(parts), ...receiverEndpoints(parts), ...pollEndpoint(parts) },
  } satisfies BetterAuthPlugin;
}
