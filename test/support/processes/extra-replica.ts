import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { settingsAs } from '../servers/database-logins';
import { createLogger } from '../../../runtime/logger';
import type { Settings } from '../../../runtime/settings/load';
import { createApi } from '../native/api';

/** A replica in addition to those of a system, with its own settings. */
export interface ExtraReplica {
  app: NestFastifyApplication;
  url: string;
}

export async function startExtraReplica(settings: Settings): Promise<ExtraReplica> {
  const app = await createApi(settingsAs('api', settings), createLogger('api', 'silent'));
  return listenAsReplica(app);
}

export async function listenAsReplica(app: NestFastifyApplication): Promise<ExtraReplica> {
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}
