// Loaded by a process of a test with NODE_OPTIONS: an error that no code handles, on a signal.
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('an error of a test'));
});
