import { readFileSync } from 'node:fs';

/** `/proc` counts the time of ended processes in ticks of 10 ms. */
const TICK_US = 10_000;

/**
 * Microseconds of CPU time that a PostgreSQL server and all its connections have used, also those
 * that have ended. Linux counts them; elsewhere `NaN`.
 */
export function postgresUsage(pid: number): number {
  try {
    for (;;) {
      const ended = usageOfEnded(pid);
      const running = usageOfRunning(pid);
      // A connection that ended in between is in both figures, or in none.
      if (usageOfEnded(pid) === ended) return ended + running;
    }
  } catch {
    return NaN;
  }
}

function usageOfRunning(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return [String(pid), ...children].map(usageOf).reduce((sum, part) => sum + part, 0);
}

/** `cutime` and `cstime` of proc_pid_stat(5), fields 16 and 17; the name may contain spaces. */
function usageOfEnded(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_US;
}

function usageOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}
