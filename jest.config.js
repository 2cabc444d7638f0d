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
  // Each file leaves its modules behind: a worker of a gigabyte is slow, in its end as well, which
  // jest then takes for a leak.
  workerIdleMemoryLimit: '700MB',
  // Ends a test that hangs. It is no measure of speed: a busy host needs many times as long.
  testTimeout: 300_000,
};
