import { once } from 'node:events';
import { createServer } from 'node:http';
import { readGatehouseSettings } from './gatehouse-settings';
import { HOST } from './server-process';
import { createAuthServer } from '../../auth-server/app';
import { startOrExplain, stopCleanlyOnSignal } from '../../runtime/lifecycle/lifecycle';
import { STOP_LIMIT_MS } from '../../runtime/lifecycle/http-stop';
import { createLogger } from '../../runtime/logger';

/** The auth server as `auth-server/main.ts` starts it, with quotas that a load test does not exceed. */
startOrExplain(async () => {
  const settings = readGatehouseSettings(process.argv[2]);
  const logger = createLogger('auth', settings.logLevel);
  const authServer = await createAuthServer({ settings, logger });
  const server = createServer(authServer.app);
  stopCleanlyOnSignal({ logger, stopLimitMs: STOP_LIMIT_MS }, async () => {
    server.close();
    server.closeAllConnections();
    await authServer.close();
  });
  server.listen(settings.authPort, HOST);
  await once(server, 'listening');
});
