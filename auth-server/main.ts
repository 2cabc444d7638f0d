// First: what is loaded before it is not traced.
import { tracing } from './tracing';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createAuthServer } from './app';
import { startOrExplain, stopCleanlyOnSignal } from '../runtime/lifecycle';
import { createLogger } from '../runtime/logger';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';

/** A request that has not arrived whole by then is given up. */
const REQUEST_LIMIT_MS = 30_000;
/** Requests under way get this long to end before their connections are cut. */
const DRAIN_LIMIT_MS = 5_000;
const SWEEP_INTERVAL_MS = 50;

async function main(): Promise<void> {
  const settings = loadSettings(completeEnvironment(), 'auth');
  const logger = createLogger('auth', settings.logLevel);
  const authServer = await createAuthServer({ settings, logger });
  const metricsServer =
    settings.metricsPort === null ? null : await authServer.metrics.listen(settings.metricsPort);
  const server = createServer({ requestTimeout: REQUEST_LIMIT_MS }, authServer.app);
  stopCleanlyOnSignal(logger, async () => {
    await stopListening(server);
    metricsServer?.close();
    await authServer.close();
    await tracing.stop();
  });
  server.listen(settings.authPort);
  await once(server, 'listening');
  logger.info({ port: settings.authPort, url: settings.authUrl }, 'auth server is ready');
}

/** A connection is closed as soon as the request on it is answered. */
async function stopListening(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}

startOrExplain(main);
