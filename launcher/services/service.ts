import { spawn, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from '../foreground/foreground';
import { STOP_LIMIT_MS } from '../../runtime/lifecycle/http-stop';
import { StartError } from '../../runtime/start-error';

const READY_LIMIT_MS = 60_000;
const POLL_MS = 50;
/** Longer than a process needs to end by its own limit. */
const STOP_RESERVE_MS = 2_000;
const LESS_URGENT = constants.priority.PRIORITY_BELOW_NORMAL;

/** As in `package.json` and in the `Dockerfile`: a smaller heap, see docs/performance.md. */
export const NODE_FLAGS = [
  '--enable-source-maps',
  '--max-semi-space-size=8',
  '--heap-growing-percent=50',
];

export interface ServiceOptions {
  /** Its name in messages. */
  name: string;
  /** Options of Node.js, then the file that it runs and its arguments. */
  command: string[];
  env: NodeJS.ProcessEnv;
  /** Receives each line of its output. */
  onLine: (line: string) => void;
  /** Flags of Node.js; those of the product by default. */
  flags?: readonly string[];
  /** Its own pause before a stop (`SHUTDOWN_DELAY`), in milliseconds. Default: none. */
  shutdownDelay?: number;
  /** Whether other processes of the host go first. */
  isLessUrgent?: boolean;
}

/** A process of ours. */
export interface ServicePart extends Part {
  /** Sends a message through the IPC channel. */
  send(message: object): void;
}

/**
 * Starts one of our processes in a separate session. Ctrl-C does not reach it, so the supervisor
 * decides when it stops. If the supervisor is killed, the IPC channel closes and the process stops
 * by itself.
 */
export function startService(options: ServiceOptions): ServicePart {
  const { name, command, env, onLine, isLessUrgent = false, flags = NODE_FLAGS } = options;
  const stopLimitMs = (options.shutdownDelay ?? 0) + STOP_LIMIT_MS + STOP_RESERVE_MS;
  const guard = require.resolve('./supervisor-guard');
  const child = spawn(process.execPath, [...flags, '--require', guard, ...command], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env,
  });
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', onLine);
  }
  if (isLessUrgent && child.pid !== undefined) setPriority(child.pid, LESS_URGENT);
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
  return {
    name,
    ended,
    stop: () => stopService(child, { ended, limitMs: stopLimitMs }),
    kill: () => child.kill('SIGKILL'),
    // A failure means that it has ended.
    send: (message) => void child.send(message, () => {}),
  };
}

async function stopService(
  child: ChildProcess,
  { ended, limitMs }: { ended: Promise<string>; limitMs: number },
): Promise<void> {
  child.kill('SIGTERM');
  const patience = delay(limitMs, 'late', { ref: false });
  if ((await Promise.race([ended, patience])) === 'late') child.kill('SIGKILL');
  await ended;
}

export interface ReadinessOptions {
  name: string;
  /** Returns 200 when the service and its dependencies are ready. */
  url: string;
  signal: AbortSignal;
}

/** @throws {StartError} with the last response, when the service takes too long. */
export async function waitUntilReady({ name, url, signal }: ReadinessOptions): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  for (;;) {
    const answer = await ask(url, signal);
    if (answer === 'ready') return;
    if (Date.now() > deadline) {
      throw new StartError(
        `${name} is not ready after ${READY_LIMIT_MS / 1_000} s. ${url} says: ${answer}`,
      );
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

async function ask(url: string, signal: AbortSignal): Promise<string> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
    const response = await fetch(url, { signal: limit });
    const body = await response.text();
    return response.status === 200 ? 'ready' : `${response.status} ${body}`;
  } catch (error) {
    signal.throwIfAborted();
    return (error as Error).message;
  }
}
