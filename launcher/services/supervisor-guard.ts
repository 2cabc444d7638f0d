import process from 'node:process';

/**
 * Loaded into each process before its code: ends the process when the supervisor is killed while the
 * code loads. The handler of `runtime/lifecycle/` exists later, and a process that stays would use
 * a port that the next start needs.
 */
process.once('disconnect', () => {
  if (process.listenerCount('disconnect') === 0) process.exit(1);
});
