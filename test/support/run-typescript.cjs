// node run-typescript.cjs <file.ts>: runs a file as jest would, compiled by swc, but as a
// process of its own.
const Module = require('node:module');
const { resolve } = require('node:path');
const { transformFileSync } = require('@swc/core');

Module._extensions['.ts'] = (module, filename) => {
  module._compile(transformFileSync(filename, { cwd: resolve(__dirname, '../..') }).code, filename);
};
require(resolve(process.argv[2]));
