import process from 'node:process';

/**
 * Loaded into each process before its own code. If the supervisor is killed while the
 * process still loads, nobody there listens yet who would stop it (`runtime/lifecycle.ts`
 * does later on): it would run on alone, on a port that the next start needs.
 */
process.once('disconnect', () => {
  if (process.listenerCount('disconnect') === 0) process.exit(1);
});
