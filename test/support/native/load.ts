import { join } from 'node:path';

declare global {
  /** Set by environment.cjs. A process that a test starts is outside the sandbox already. */
  var requireNatively: NodeJS.Require | undefined;
}

const ROOT = join(__dirname, '../../..');

/**
 * Loads a file of the project outside jest's sandbox: as Node.js loads it, once in each worker.
 * Inside the sandbox each test file loads everything again, which takes seconds for a process.
 *
 * Its globals and classes are not those of the test: a test that asks an application for a
 * provider loads the class here too, and `instanceof` is false across the boundary.
 *
 * @param path from the root of the project.
 */
export function loadNatively(path: string): unknown {
  return (globalThis.requireNatively ?? require)(join(ROOT, path));
}
