import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Information of the operating system about a running process. */
export interface RunningProcess {
  /** Command line, arguments separated by blanks. */
  command: string;
  /** Distinguishes this process from a later one with the same pid; has no other meaning. */
  startedAt: string;
}

/** @returns `null` when no process has this pid, or only its exit status is left. */
export function findProcess(pid: number): RunningProcess | null {
  return process.platform === 'linux' ? findInProc(pid) : findWithPs(pid);
}

/** `ps` is not part of slim images, `/proc` is. Fields: proc_pid_stat(5). */
function findInProc(pid: number): RunningProcess | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (isEnded(fields[0]!)) return null;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { command, startedAt: fields[19]! };
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function findWithPs(pid: number): RunningProcess | null {
  const columns = ['-ww', '-o', 'state=', '-o', 'lstart=', '-o', 'command='];
  const { stdout } = spawnSync('ps', [...columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const match = /^(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/m.exec(stdout.trim());
  if (!match || isEnded(match[1]!)) return null;
  return { startedAt: match[2]!, command: `${match[3]} ` };
}

function isEnded(state: string): boolean {
  return /^[ZX]/.test(state);
}

/** @returns whether the process ended within the time. */
export async function waitForEnd(pid: number, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (findProcess(pid)) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
