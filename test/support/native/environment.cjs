const { createRequire } = require('node:module');
const { join } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');
const { loadTypeScript } = require('./typescript-hook.cjs');

loadTypeScript();
const { Date: workerDate, fetch: workerFetch } = globalThis;
const requireNatively = createRequire(join(__dirname, '../../../package.json'));

/** jest's environment for Node.js, with the worker's own `require`: see load.ts. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.requireNatively = requireNatively;
    // Each refused request creates errors, and jest has set 100.
    Error.stackTraceLimit = 20;
  }

  /** The clock and `fetch` of the worker, also after a file that failed before it put them back. */
  async teardown() {
    Object.assign(globalThis, { Date: workerDate, fetch: workerFetch });
    await super.teardown();
  }
};
