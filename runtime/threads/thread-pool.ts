import { availableParallelism } from 'node:os';

/** A password hash takes much memory, by default 46 MiB, so a host with many cores does not use all of them. */
const MOST_HASHES = 8;
/** Idle threads cost almost nothing. */
const LEAST_POOL = 16;

interface Threads {
  /** The number of hashes at the same time. */
  hashes: number;
  /**
   * The size of libuv's thread pool. Look-ups of names take at most half of it: the other half has
   * the hashes, and a thread for files and signatures.
   */
  pool: number;
}

/** @param given the value of `UV_THREADPOOL_SIZE`; without it, the pool grows with the cores. */
export function toThreads(cores: number, given?: string): Threads {
  const pool = Number(given) || Math.max(LEAST_POOL, 2 * (Math.min(MOST_HASHES, cores) + 1));
  return { hashes: Math.max(1, Math.min(MOST_HASHES, cores, pool - 1)), pool };
}

const { hashes, pool } = toThreads(availableParallelism(), process.env.UV_THREADPOOL_SIZE);

export const HASHES_AT_ONCE = hashes;

// libuv reads this at the first use of its pool: `main.ts` imports this file before that.
process.env.UV_THREADPOOL_SIZE = String(pool);
