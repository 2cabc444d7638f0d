import type { Settings } from '../../runtime/settings/load';
import { ServerProcess } from '../operations/processes';
import { toEnvironment } from '../support/processes/replica-process';
import { settingsAs } from '../support/servers/database-logins';

/** The auth server of a system in a process that can be killed. */
export function startAuthServerProcess(settings: Settings): Promise<ServerProcess> {
  return ServerProcess.start('auth-server/main.ts', {
    url: settings.authUrl,
    env: {
      ...toEnvironment(settingsAs('authServer', settings)),
      STREAM_DESTINATIONS: 'any',
      LOG_LEVEL: 'fatal',
    },
  });
}
