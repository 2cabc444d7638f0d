import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Logger } from '../../../runtime/logger';
import type { Settings } from '../../../runtime/settings/load';

/**
 * Auth servers and APIs run outside jest, as in production, in two processes for each worker:
 * one hosts auth servers, the other APIs. They load their code once in a run. Inside jest, each
 * test file would load it again, which takes longer than most of the tests.
 */
export type HostedKind = 'auth' | 'api';

/** What a process is started with. */
export interface HostedStart {
  settings: Settings;
  port: number;
}

export interface Launch extends HostedStart {
  logger: Logger;
}

export interface Hosted {
  stop(): Promise<void>;
}

type HostUrls = Record<HostedKind, string>;

/**
 * As the commands of both processes set it. A server that closes an idle connection while a busy
 * test sends its next request on it makes that request fail.
 */
export const KEEP_ALIVE_MS = 75_000;

const HOSTS_VARIABLE = 'GATEHOUSE_TEST_HOSTS';
const RUN_TYPESCRIPT = join(__dirname, '../run-typescript.cjs');
const HOST_PROCESS = join(__dirname, 'host-process.ts');

/** Starts the hosts of a run, and tells its workers where they are. They end with this process. */
export async function startHosts(workers: number): Promise<() => Promise<void>> {
  const children: ChildProcess[] = [];
  const startHost = async (kind: HostedKind): Promise<string> => {
    const child = fork(RUN_TYPESCRIPT, [HOST_PROCESS, kind], { execArgv: [] });
    children.push(child);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    child.unref();
    child.channel!.unref();
    return url;
  };
  const hosts = await Promise.all(
    Array.from({ length: workers }, async () => {
      const [auth, api] = await Promise.all([startHost('auth'), startHost('api')]);
      return { auth, api };
    }),
  );
  process.env[HOSTS_VARIABLE] = JSON.stringify(hosts);
  return async () => {
    await Promise.all(children.map(endProcess));
  };
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** Starts an auth server or an API on this worker's host. */
export async function startHosted(kind: HostedKind, start: HostedStart): Promise<Hosted> {
  const url = ownHosts()[kind];
  const { id } = await ask<{ id: string }>(url, { method: 'POST', body: JSON.stringify(start) });
  return {
    stop: async () => void (await ask(`${url}/${id}`, { method: 'DELETE' })),
  };
}

async function ask<Body>(url: string, request: RequestInit): Promise<Body> {
  const response = await fetch(url, request);
  const body = (await response.json()) as Body & { error?: string };
  if (!response.ok) throw new Error(body.error);
  return body;
}

function ownHosts(): HostUrls {
  const text = process.env[HOSTS_VARIABLE];
  if (!text) throw new Error(`${HOSTS_VARIABLE} is not set: hosts run while jest runs`);
  return (JSON.parse(text) as HostUrls[])[Number(process.env.JEST_WORKER_ID ?? 1) - 1]!;
}
