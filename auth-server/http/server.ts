import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { surviveAcceptErrors } from '../../runtime/http-server-errors';
import { explainPort } from '../../runtime/network/port-errors';
import type { Logger } from '../../runtime/logger';

/** A request that has not arrived completely in this time is aborted. */
const REQUEST_LIMIT_MS = 30_000;

/**
 * A connection without any progress for this time is closed, also while a response is sent: a
 * client that does not read its response holds no memory.
 */
const IDLE_LIMIT_MS = 15_000;

/** The HTTP server of the auth server, not yet listening. */
export function createHttpServer(app: RequestListener): Server {
  const server = createServer({ requestTimeout: REQUEST_LIMIT_MS }, app);
  server.setTimeout(IDLE_LIMIT_MS);
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
