require('./runtime/entry/script-version.cjs');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/native/environment.cjs',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testSequencer: '<rootDir>/test/support/native/longest-first.cjs',
  // More workers than processors: many tests wait for limits and intervals.
  maxWorkers: 3,
  // Each file leaves its modules behind: a worker of a gigabyte is slow.
  workerIdleMemoryLimit: '700MB',
  // Ends a test that hangs. It is no measure of speed: a busy host needs many times as long.
  testTimeout: 300_000,
  // A worker that does not end by itself is still ended and reported. After the 0.5 s of the default,
  // a worker that a busy host has not yet ended would be reported too.
  workerGracefulExitTimeout: 30_000,
};
