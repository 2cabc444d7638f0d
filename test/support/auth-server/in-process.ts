import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthServer } from '../../../auth-server/app';
import { createLogger } from '../../../runtime/logger';
import { createTestDatabase } from '../database';
import { createAuthServer } from '../native/auth-server';
import { authSettings } from './auth-settings';
import { type RunningAuthServer, toRunning } from './harness';

/** An auth server in the process of the test, for tests that change its parts. */
export async function startInProcess(
  env: NodeJS.ProcessEnv = {},
): Promise<RunningAuthServer & Pick<AuthServer, 'auth' | 'steps'>> {
  const database = await createTestDatabase();
  const settings = authSettings(database.url, env);
  const { app, auth, steps, close } = await createAuthServer({
    settings,
    logger: createLogger('auth', 'silent'),
  });
  const listener = createServer(app).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const stop = async () => {
    listener.close();
    listener.closeAllConnections();
    await close();
  };
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return { ...toRunning({ server: { stop }, url, database }), auth, steps };
}
