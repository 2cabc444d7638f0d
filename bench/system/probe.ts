/** Preloaded into each measured process: says what the process has used so far. */
export interface Usage {
  /** User and system time, in microseconds. */
  cpu: number;
  /** Resident memory, in bytes. */
  memory: number;
}

export const ASK_USAGE = 'usage';

process.on('message', (message) => {
  if (message !== ASK_USAGE) return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpu: user + system, memory: process.memoryUsage.rss() };
  process.send!(usage);
});
// A contestant ends with the benchmark, also when that is killed.
process.on('disconnect', () => process.exit());
// The channel to the benchmark must not keep a process alive.
process.channel?.unref();
