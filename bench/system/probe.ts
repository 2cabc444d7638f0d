/** Preloaded into each measured process: says what the process has used so far. */
export interface Usage {
  /** User and system time, in microseconds. */
  cpu: number;
  /** Resident memory, in bytes. */
  memory: number;
  /** The part of it that V8 holds for its heap, and the part of that in use, in bytes. */
  heap: { held: number; used: number };
}

export const ASK_USAGE = 'usage';

process.on('message', (message) => {
  if (message !== ASK_USAGE) return;
  const { user, system } = process.cpuUsage();
  const { rss: memory, heapTotal: held, heapUsed: used } = process.memoryUsage();
  const usage: Usage = { cpu: user + system, memory, heap: { held, used } };
  process.send!(usage);
});
// A contestant ends with the benchmark, also when that is killed.
process.on('disconnect', () => process.exit());
// The channel to the benchmark must not keep a process alive.
process.channel?.unref();
