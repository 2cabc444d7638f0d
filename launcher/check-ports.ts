import { setTimeout as delay } from 'node:timers/promises';
import type { Settings } from '../runtime/settings/load';
import type { Foreground } from './foreground';
import { isFree } from './ports';
import { StartError } from '../runtime/start-error';

/** Longer than a process may take to stop when its supervisor was killed. */
const LEFT_PROCESS_LIMIT_MS = 10_000;
const LOOPBACK = '127.0.0.1';

/** @throws {StartError} naming each taken port and the setting that moves it. */
export async function checkPorts(settings: Settings, foreground: Foreground): Promise<void> {
  const deadline = Date.now() + (foreground.takenOver ? LEFT_PROCESS_LIMIT_MS : 0);
  for (;;) {
    const taken = await findTaken(settings);
    if (taken.length === 0) return;
    if (Date.now() > deadline) throw new StartError(taken.join('\n'));
    await delay(100, undefined, { signal: foreground.signal });
  }
}

async function findTaken({ authPort, apiPort }: Settings): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, port] of Object.entries({ AUTH_PORT: authPort, API_PORT: apiPort })) {
    if ((await isFree(port)) && (await isFree(port, LOOPBACK))) continue;
    problems.push(
      `Port ${port} is taken by another program. Stop that, or set ${name} to another port.`,
    );
  }
  return problems;
}
