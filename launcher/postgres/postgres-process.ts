import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProcess, waitForEnd } from '../foreground/process-table';
import type { ServerAccount } from './server-account';
import { StartError } from '../../runtime/start-error';

/** A signal and the time limit of the server's stop, in milliseconds (postgres(1), "Shutdown"). */
const STOP_STEPS = [
  { signal: 'SIGINT', limitMs: 10_000 },
  { signal: 'SIGQUIT', limitMs: 3_000 },
  { signal: 'SIGKILL', limitMs: 2_000 },
] as const;

export interface ServerCommand {
  /** Folder of the `postgres` executable. */
  binaries: string;
  data: string;
  port: number;
  logFile: string;
  account: ServerAccount | null;
  /** Values that override `postgresql.conf`. */
  parameters: Record<string, string>;
}

export interface ServerProcess {
  pid: number;
  /** Resolves with the reason of the end (`exit code 1`, `SIGKILL`), for every cause. */
  ended: Promise<string>;
  hasEnded(): boolean;
}

/**
 * Starts the server in a separate session: Ctrl-C at the terminal does not reach it, so it can
 * stop after its clients. Its log is a file, which stays when the parent is killed.
 */
export function spawnServer(command: ServerCommand): ServerProcess {
  const log = openSync(command.logFile, 'w', 0o600);
  const child = spawn(join(command.binaries, 'postgres'), serverArguments(command), {
    ...command.account,
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  closeSync(log);
  const end = observeEnd(child);
  if (child.pid === undefined) throw new StartError('The embedded PostgreSQL could not be run.');
  return { pid: child.pid, ...end };
}

/** The data folder comes first: it identifies a server that was left running. */
function serverArguments({ data, port, parameters }: ServerCommand): string[] {
  const settings = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}

function observeEnd(child: ChildProcess): Pick<ServerProcess, 'ended' | 'hasEnded'> {
  let hasEnded = false;
  const ended = new Promise<string>((resolve) => {
    const end = (how: string) => {
      hasEnded = true;
      resolve(how);
    };
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    child.once('error', (error) => end(error.message));
  });
  return { ended, hasEnded: () => hasEnded };
}

/** Stops a running server: it disconnects its clients, and its data is complete on disk. */
export async function stopServer(pid: number): Promise<void> {
  for (const { signal, limitMs } of STOP_STEPS) {
    signalServer(pid, signal);
    if (await waitForEnd(pid, limitMs)) return;
  }
}

/**
 * Stops the server that a killed parent left running on this data. Removes a `postmaster.pid`
 * whose pid belongs to another process: PostgreSQL would treat that process as a running server
 * and refuse to start.
 */
export async function stopLeftServer(data: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const pid = readPid(pidFile);
  const running = pid === null ? null : findProcess(pid);
  if (pid === null || !running) return;
  if (!running.command.includes(`postgres -D ${data} `)) {
    rmSync(pidFile, { force: true });
    return;
  }
  log(`Stopping the database server that an earlier start left behind (pid ${pid})`);
  await stopServer(pid);
}

/** A server that has already ended is not an error. */
export function signalServer(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readPid(pidFile: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
