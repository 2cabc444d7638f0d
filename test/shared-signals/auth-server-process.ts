import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Settings } from '../../runtime/settings/load';
import { eventually } from '../support/eventually';
import { toEnvironment } from '../support/processes/replica-process';
import { settingsAs } from '../support/servers/database-logins';

const ROOT = join(__dirname, '../..');
const START_LIMIT_MS = 120_000;

/** The auth server of a system in a process that can be killed. */
export class AuthServerProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(settings: Settings): Promise<AuthServerProcess> {
    const runner = join(ROOT, 'test/support/run-typescript.cjs');
    const child = spawn(process.execPath, [runner, join(ROOT, 'auth-server/main.ts')], {
      cwd: ROOT,
      env: {
        ...toEnvironment(settingsAs('authServer', settings)),
        STREAM_DESTINATIONS: 'any',
        LOG_LEVEL: 'fatal',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await eventually(async () => {
      const { ok, status } = await fetch(`${settings.authUrl}/health/ready`);
      if (!ok) throw new Error(`the auth server is not ready: ${status}`);
    }, START_LIMIT_MS);
    return new AuthServerProcess(child);
  }

  /** `kill -9`. A process that has ended stays ended. */
  async crash(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
