import { createApi } from '../../../src/app.setup';
import { patience } from '../native/patience';
import { KEEP_ALIVE_MS, type Launch } from './system-host';

/** A replica of the API on its port, at both address families. */
export async function launchApi({ settings, logger, port }: Launch) {
  patience.apply();
  const app = await createApi(settings, logger);
  app.getHttpServer().keepAliveTimeout = KEEP_ALIVE_MS;
  await app.listen({ port, host: '::' });
  return { app, stop: () => app.close() };
}
