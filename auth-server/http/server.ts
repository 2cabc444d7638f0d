import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { requirePeerAddresses } from '../../runtime/http/peer-addresses';
import { IDLE_LIMIT_MS, REQUEST_LIMIT_MS } from '../../runtime/http/request-limits';
import { surviveAcceptErrors } from '../../runtime/http-server-errors';
import { explainPort } from '../../runtime/network/port-errors';
import type { Logger } from '../../runtime/logger';

/** The HTTP server of the auth server, not yet listening. */
export function createHttpServer(app: RequestListener): Server {
  const server = createServer({ requestTimeout: REQUEST_LIMIT_MS }, app);
  server.setTimeout(IDLE_LIMIT_MS);
  requirePeerAddresses(server);
  return server;
}

/** @throws {StartError} when the port is in use. */
export async function listen(
  server: Server,
  { logger, port }: { logger: Logger; port: number },
): Promise<void> {
  server.listen(port);
  await once(server, 'listening').catch((error: unknown) => {
    throw explainPort(error, { name: 'AUTH_PORT', port });
  });
  surviveAcceptErrors(server, logger);
}
