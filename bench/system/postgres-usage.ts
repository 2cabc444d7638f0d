import { readFileSync } from 'node:fs';

/**
 * Microseconds of CPU time that a PostgreSQL server and its present connections have used. Linux
 * counts them; elsewhere `NaN`. Open all connections first: one that ends takes its time with it.
 */
export function postgresUsage(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return [String(pid), ...children].map(usageOf).reduce((sum, part) => sum + part, 0);
  } catch {
    return NaN;
  }
}

function usageOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}
