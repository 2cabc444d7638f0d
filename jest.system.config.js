/**
 * Tests with commands that are not in npm: pgbouncer, nginx, and pg_dump with a server of its own
 * version. `npm test` leaves them out; CI installs what is missing.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['**/*.system.ts'],
};
