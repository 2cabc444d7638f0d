import process from 'node:process';

/**
 * Loaded into each process before its code. When the supervisor is killed while the process loads,
 * no handler would stop the process yet (`runtime/lifecycle/` does later). It would keep a port
 * that the next start needs.
 */
process.once('disconnect', () => {
  if (process.listenerCount('disconnect') === 0) process.exit(1);
});
