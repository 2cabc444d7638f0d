// Compiles TypeScript like jest, by swc, for the Node.js process that loads this file.
// A run starts many such processes: the compiled text is kept for the next one.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '../../..');
const cache = join(root, 'node_modules/.cache/run-typescript');
const settings = readFileSync(join(root, '.swcrc'));
mkdirSync(cache, { recursive: true });
Module.enableCompileCache(cache);

function compile(filename) {
  const source = readFileSync(filename);
  const { version } = require('@swc/core/package.json');
  const key = createHash('sha256')
    .update(`${version}\n${filename}\n`)
    .update(settings)
    .update(source);
  const kept = join(cache, `${key.digest('hex')}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = require('@swc/core').transformFileSync(filename, { cwd: root });
    // Complete or not there: other processes read it at the same time.
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
    return code;
  }
}

/** From now on `require` loads TypeScript too. */
exports.loadTypeScript = () => {
  Module._extensions['.ts'] = (module, filename) => module._compile(compile(filename), filename);
};
