import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from './app.setup';
import { startOrExplain, stopCleanlyOnSignal } from '../runtime/lifecycle';
import { createLogger } from '../runtime/logger';
import { completeEnvironment } from '../runtime/settings/development';
import { loadSettings } from '../runtime/settings/load';

startOrExplain(async () => {
  const settings = loadSettings(completeEnvironment(), 'api');
  const logger = createLogger('api', settings.logLevel);
  const app = await createApi(settings, logger);
  stopCleanlyOnSignal(logger, () => app.close());
  await listenEverywhere(app, settings.apiPort);
  logger.info({ url: settings.apiUrl, accessCheck: settings.accessCheck }, 'API listens');
});

/** Both address families, or IPv4 alone on a machine without IPv6. */
async function listenEverywhere(app: NestFastifyApplication, port: number): Promise<void> {
  try {
    await app.listen({ port, host: '::' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error;
    await app.listen({ port, host: '0.0.0.0' });
  }
}
