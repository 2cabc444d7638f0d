import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createAuthServer } from '../../../auth-server/app';
import type { Launch } from './system-host';

/** The auth server on its port. */
export async function launchAuthServer({ settings, logger, port }: Launch) {
  const authServer = await createAuthServer({ settings, logger });
  const server = createServer(authServer.app).listen(port);
  await once(server, 'listening');
  const stop = async () => {
    await closeServer(server);
    await authServer.close();
  };
  return { stop };
}

async function closeServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
