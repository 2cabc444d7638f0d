import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for work, at most for the time in milliseconds. Work that takes longer is not interrupted.
 *
 * @returns whether the work has ended.
 * @throws the error of the work.
 */
export async function endsWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const ended = new AbortController();
  const late = sleep(limitMs, false, { signal: ended.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    ended.abort();
  }
}
