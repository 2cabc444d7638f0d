import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAuthServer } from '../../../auth-server/app';
import { createHttpServer, listen } from '../../../auth-server/http/server';
import { patience } from '../native/patience';
import { KEEP_ALIVE_MS, type Launch } from './system-host';

/** The auth server on its port. */
export async function launchAuthServer({ settings, logger, port }: Launch) {
  patience.apply();
  const authServer = await createAuthServer({ settings, logger });
  const server = createHttpServer(authServer.app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, { logger, port });
  const stop = async () => {
    await closeServer(server);
    await authServer.close();
  };
  return { stop, server };
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
