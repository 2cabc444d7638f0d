const base = require('./jest.config.js');

/**
 * Tests in a real browser (`npm run test:browser`): Chromium has to be installed.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...base,
  testMatch: ['**/*.browser.ts'],
};
