import { readGatehouseSettings } from './gatehouse-settings';
import { HOST } from './server-process';
import { startOrExplain, stopCleanlyOnSignal } from '../../runtime/lifecycle/lifecycle';
import { STOP_LIMIT_MS } from '../../runtime/lifecycle/http-stop';
import { createLogger } from '../../runtime/logger';
import { createApi } from '../../src/app.setup';

/** The API as `src/main.ts` starts it, with quotas that a load test does not exceed. */
startOrExplain(async () => {
  const settings = readGatehouseSettings(process.argv[2]);
  const logger = createLogger('api', settings.logLevel);
  const app = await createApi(settings, logger);
  stopCleanlyOnSignal({ logger, stopLimitMs: STOP_LIMIT_MS }, () => app.close());
  await app.listen(settings.apiPort, HOST);
});
