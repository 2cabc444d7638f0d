import { createApi } from '../../../src/app.setup';
import { HttpStop } from '../../../runtime/lifecycle/http-stop';
import { patience } from '../native/patience';
import { KEEP_ALIVE_MS, type Launch } from './system-host';

/** A replica of the API on its port, at both address families. */
export async function launchApi({ settings, logger, port }: Launch) {
  patience.apply();
  const app = await createApi(settings, logger);
  const server = app.getHttpServer();
  const httpStop = new HttpStop(server);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await app.listen({ port, host: '::' });
  // As in production, a connection without a request delays the end by some seconds only.
  return { app, stop: () => httpStop.finish(() => app.close()) };
}
