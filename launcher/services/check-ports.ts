import { setTimeout as delay } from 'node:timers/promises';
import type { SettingName } from '../../runtime/settings/definitions';
import type { Settings } from '../../runtime/settings/load';
import type { Foreground } from '../foreground/foreground';
import { authMetricsPort } from './metrics-ports';
import { isFree } from './ports';
import {
  describeTakenPort,
  explainPort,
  type PortSetting,
} from '../../runtime/network/port-errors';
import { StartError } from '../../runtime/start-error';

/** Longer than the stop of a process whose supervisor was killed. */
const LEFT_PROCESS_LIMIT_MS = 10_000;
const LOOPBACK = '127.0.0.1';

/** @throws {StartError} with each taken port and its setting. */
export async function checkPorts(settings: Settings, foreground: Foreground): Promise<void> {
  const deadline = Date.now() + (foreground.takenOver ? LEFT_PROCESS_LIMIT_MS : 0);
  for (;;) {
    const taken = await findTaken(settings);
    if (taken.length === 0) return;
    if (Date.now() > deadline) throw new StartError(taken.join('\n'));
    await delay(100, undefined, { signal: foreground.signal });
  }
}

interface KnownPort extends PortSetting {
  name: SettingName;
}

function portsOf({ authPort, apiPort, metricsPort }: Settings): KnownPort[] {
  const ports: KnownPort[] = [
    { name: 'AUTH_PORT', port: authPort },
    { name: 'API_PORT', port: apiPort },
  ];
  if (metricsPort === null) return ports;
  return [
    ...ports,
    { name: 'METRICS_PORT', port: metricsPort },
    { name: 'METRICS_PORT', port: authMetricsPort(metricsPort) },
  ];
}

async function findTaken(settings: Settings): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, port } of portsOf(settings)) {
    if (!(await isFreeHere({ name, port }))) problems.push(describeTakenPort({ name, port }));
  }
  return problems;
}

async function isFreeHere(setting: PortSetting): Promise<boolean> {
  const { port } = setting;
  try {
    return (await isFree(port)) && (await isFree(port, LOOPBACK));
  } catch (error) {
    throw explainPort(error, setting);
  }
}
