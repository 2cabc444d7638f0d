/**
 * The tests beside the code, which need no database (`npm run check:fast`).
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...require('./jest.config.js'),
  globalSetup: undefined,
  globalTeardown: undefined,
  testMatch: ['<rootDir>/{src,auth-server,contract,runtime,launcher}/**/*.spec.ts'],
};
