const { createRequire, flushCompileCache } = require('node:module');
const { join } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');
const { loadTypeScript } = require('./typescript-hook.cjs');

loadTypeScript();
const { Date: workerDate, fetch: workerFetch } = globalThis;
const requireNatively = createRequire(join(__dirname, '../../../package.json'));

// At its end, a worker has nothing left to do. Without this, Node.js frees the heap first: a second.
if (process.send) process.once('beforeExit', () => process.exit());

/** jest's environment for Node.js, with the worker's own `require`: see load.ts. */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.requireNatively = requireNatively;
    // Each refused request creates errors, and jest has set 100.
    Error.stackTraceLimit = 20;
  }

  /**
   * Restores the clock and `fetch` of the worker, also after a file that failed before it did so. The
   * compiled code is stored here: at its end, a worker that stores hundreds of files looks like a leak.
   */
  async teardown() {
    Object.assign(globalThis, { Date: workerDate, fetch: workerFetch });
    flushCompileCache();
    await super.teardown();
  }
};
