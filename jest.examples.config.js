/**
 * Tests of `examples/`, one of which is no npm package: Python with FastAPI. `npm test` leaves them
 * out; CI installs what is missing.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['**/*.examples.ts'],
};
