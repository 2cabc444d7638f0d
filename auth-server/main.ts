import '../runtime/entry/node-version';
import '../runtime/entry/start-signals';
// Before the first use of the thread pool.
import '../runtime/threads/thread-pool';
// First: modules that are loaded before are not traced.
import { tracing } from './tracing';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { createAuthServer } from './app';
import { endSilentCalls } from './federation/provider-limits';
import { createHttpServer, listen } from './http/server';
import { HttpStop, STOP_LIMIT_MS } from '../runtime/lifecycle/http-stop';
import { startOrExplain, stopCleanlyOnSignal } from '../runtime/lifecycle/lifecycle';
import { createLogger } from '../runtime/logger';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';
import { warnOfLoopbackUrls } from '../runtime/settings/loopback-urls';
import { warnOfMisspelledSettings } from '../runtime/settings/misspelled';
import { shareLookups } from '../runtime/threads/shared-lookups';

/** Longest wait for the connections to the database, after requests, jobs and mails have ended. */
const CLOSE_LIMIT_MS = 1_000;

async function main(): Promise<void> {
  shareLookups();
  endSilentCalls();
  const settings = loadSettings(completeEnvironment(), 'auth');
  const logger = createLogger('auth', settings.logLevel);
  warnOfMisspelledSettings(logger);
  warnOfLoopbackUrls(settings, logger);
  const authServer = await createAuthServer({ settings, logger });
  const metricsServer =
    settings.metricsPort === null ? null : await authServer.metrics.listen(settings.metricsPort);
  const server = createHttpServer(authServer.app);
  const httpStop = new HttpStop(server);
  const stopLimitMs = settings.shutdownDelay + STOP_LIMIT_MS;
  stopCleanlyOnSignal({ logger, stopLimitMs }, async (time) => {
    await httpStop.begin(settings.shutdownDelay);
    // At once: a mail server or a database that does not answer delays both.
    await Promise.all([httpStop.finish(() => closeServer(server)), authServer.stopWork()]);
    metricsServer?.close();
    const connections = { name: 'connections to the database', limitMs: CLOSE_LIMIT_MS };
    await time.waitFor(connections, authServer.close());
    await time.waitFor({ name: 'traces' }, tracing.stop());
  });
  await listen(server, { logger, port: settings.authPort });
  logger.info({ port: settings.authPort, url: settings.authUrl }, 'auth server is ready');
}

/** Resolves when the last connection is closed. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

startOrExplain(main);
