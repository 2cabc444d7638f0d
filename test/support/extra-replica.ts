import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { createLogger } from '../../runtime/logger';
import type { Settings } from '../../runtime/settings/load';
import { createApi } from '../../src/app.setup';

/** A replica beside those of a system, with settings of its own. */
export interface ExtraReplica {
  app: NestFastifyApplication;
  url: string;
}

/** @param prepare is called before the routes are made. */
export async function startExtraReplica(
  settings: Settings,
  prepare: (app: NestFastifyApplication) => Promise<unknown> = async () => {},
): Promise<ExtraReplica> {
  const app = await createApi(settings, createLogger('api', 'silent'));
  await prepare(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}
