import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
/** Of Node.js; the `node:module` of an import is jest's. */
const { createRequire } = process.getBuiltinModule('node:module');
const requireNatively = createRequire(join(ROOT, 'package.json'));

/**
 * Loads a file of the project outside jest's sandbox: as Node.js loads it, once in each worker.
 * Inside the sandbox each test file loads everything again, which takes seconds for a process.
 *
 * Its globals and classes are not those of the test: a test that asks an application for a
 * provider loads the class here too, and `instanceof` is false across the boundary.
 *
 * @param path from the root of the project.
 */
export function loadNatively<Module>(path: string): Module {
  requireNatively('./test/support/native/typescript-hook.cjs');
  return requireNatively(join(ROOT, path)) as Module;
}
