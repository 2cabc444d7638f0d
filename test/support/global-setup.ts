import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { runMigrations } from '../../launcher/migrations';
import { createTemplate, RUN_VARIABLE, SERVER_URL_VARIABLE } from './database';
import { createTestLogins } from './servers/database-logins';
import { startOwnServer, useGivenServer, type TestServer } from './servers/database-server';
import { takePortBlock } from './ports';
import { startHosts } from './processes/system-host';

declare global {
  // Jest loads setup and teardown separately: both can see this.
  var gatehouseTestServer: TestServer | undefined;
  var gatehouseStopHosts: (() => Promise<void>) | undefined;
}

/**
 * One PostgreSQL server for the run: `TEST_DATABASE_URL` when it is set (its user must be allowed
 * to create databases and roles), else a temporary one.
 */
export default async function globalSetup({ maxWorkers }: { maxWorkers: number }): Promise<void> {
  const run = `gatehouse_test_${randomBytes(4).toString('hex')}`;
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? await useGivenServer(given, run) : await startOwnServer(run);
  globalThis.gatehouseTestServer = server;
  process.on('exit', () => globalThis.gatehouseTestServer?.abandon());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  process.env[SERVER_URL_VARIABLE] = server.url;
  process.env[RUN_VARIABLE] = run;
  try {
    await takePortBlock(maxWorkers);
    globalThis.gatehouseStopHosts = await startHosts(maxWorkers);
    await createTestLogins(server.url);
    await createTemplate((url) => runMigrations(url));
  } catch (error) {
    // Jest runs no teardown after a setup that failed.
    await globalThis.gatehouseStopHosts?.();
    await server.stop();
    throw error;
  }
}
