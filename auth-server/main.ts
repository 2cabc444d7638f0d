import '../runtime/node-version';
// Before the first use of the thread pool.
import './password/hashing-threads';
// First: modules that are loaded before are not traced.
import { tracing } from './tracing';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createAuthServer } from './app';
import { HttpStop } from '../runtime/http-stop';
import { startOrExplain, STOP_LIMIT_MS, stopCleanlyOnSignal } from '../runtime/lifecycle';
import { createLogger } from '../runtime/logger';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';

/** A request that has not arrived completely in this time is aborted. */
const REQUEST_LIMIT_MS = 30_000;
/** A client that does not read its response for this time is disconnected. */
const IDLE_LIMIT_MS = 15_000;

async function main(): Promise<void> {
  const settings = loadSettings(completeEnvironment(), 'auth');
  const logger = createLogger('auth', settings.logLevel);
  const authServer = await createAuthServer({ settings, logger });
  const metricsServer =
    settings.metricsPort === null ? null : await authServer.metrics.listen(settings.metricsPort);
  const server = createServer({ requestTimeout: REQUEST_LIMIT_MS }, authServer.app);
  server.setTimeout(IDLE_LIMIT_MS);
  const httpStop = new HttpStop(server);
  const stopLimitMs = settings.shutdownDelay + STOP_LIMIT_MS;
  stopCleanlyOnSignal({ logger, stopLimitMs }, async () => {
    await httpStop.begin(settings.shutdownDelay);
    await httpStop.finish(() => closeServer(server));
    metricsServer?.close();
    await authServer.close();
    await tracing.stop();
  });
  server.listen(settings.authPort);
  await once(server, 'listening');
  logger.info({ port: settings.authPort, url: settings.authUrl }, 'auth server is ready');
}

/** Resolves when the last connection is closed. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

startOrExplain(main);
