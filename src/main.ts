import '../runtime/entry/node-version';
import '../runtime/entry/start-signals';
// Before the first use of the thread pool.
import '../runtime/threads/thread-pool';
// First: what is loaded before it is not traced.
import { tracing } from './tracing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from './app.setup';
import { explainConnection } from '../runtime/database/connection-errors';
import { surviveAcceptErrors } from '../runtime/http-server-errors';
import { explainPort } from '../runtime/network/port-errors';
import { HttpStop, STOP_LIMIT_MS } from '../runtime/lifecycle/http-stop';
import { startOrExplain, stopCleanlyOnSignal } from '../runtime/lifecycle/lifecycle';
import { createLogger } from '../runtime/logger';
import { completeEnvironment, warnOfUnusedDirectUrl } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';
import { warnOfLoopbackUrls } from '../runtime/settings/loopback-urls';
import { warnOfMisspelledSettings } from '../runtime/settings/misspelled';
import { shareLookups } from '../runtime/threads/shared-lookups';

/** Longest wait for requests, jobs and connections: then the time that is left is for the traces. */
const CLOSE_LIMIT_MS = 6_000;

startOrExplain(async () => {
  shareLookups();
  const settings = loadSettings(completeEnvironment(), 'api');
  const logger = createLogger('api', settings.logLevel);
  warnOfMisspelledSettings(logger);
  warnOfUnusedDirectUrl((line) => logger.warn(line));
  warnOfLoopbackUrls(settings, logger);
  const app = await createApi(settings, logger).catch((error: unknown) => {
    throw explainConnection(error);
  });
  const httpStop = new HttpStop(app.getHttpServer());
  const stopLimitMs = settings.shutdownDelay + STOP_LIMIT_MS;
  stopCleanlyOnSignal({ logger, stopLimitMs }, async (time) => {
    await httpStop.begin(settings.shutdownDelay);
    const closing = httpStop.finish(() => app.close());
    await time.waitFor({ name: 'requests and connections', limitMs: CLOSE_LIMIT_MS }, closing);
    await time.waitFor({ name: 'traces' }, tracing.stop());
  });
  await listenEverywhere(app, settings.apiPort);
  surviveAcceptErrors(app.getHttpServer(), logger);
  logger.info({ url: settings.apiUrl, accessCheck: settings.accessCheck }, 'API listens');
});

/**
 * Both address families, or IPv4 alone on a host without IPv6. Fastify listens itself, because
 * Nest would log an error that is reported here.
 *
 * @throws {StartError} when the port is in use.
 */
async function listenEverywhere(app: NestFastifyApplication, port: number): Promise<void> {
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  try {
    await fastify.listen({ port, host: '::' });
  } catch (error) {
    const isWithoutIpv6 = (error as NodeJS.ErrnoException).code === 'EAFNOSUPPORT';
    if (!isWithoutIpv6) throw explainPort(error, { name: 'API_PORT', port });
    await fastify.listen({ port, host: '0.0.0.0' });
  }
}
