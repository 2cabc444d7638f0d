import { createApi } from '../../../src/app.setup';
import type { Launch } from './system-host';

/** A replica of the API on its port, at both address families. */
export async function launchApi({ settings, logger, port }: Launch) {
  const app = await createApi(settings, logger);
  await app.listen({ port, host: '::' });
  return { app, stop: () => app.close() };
}
