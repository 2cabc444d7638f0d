// node run-typescript.cjs <file.ts>: runs a file like jest, compiled by swc, in a separate process.
const Module = require('node:module');
const { resolve } = require('node:path');
const { transformFileSync } = require('@swc/core');

Module._extensions['.ts'] = (module, filename) => {
  module._compile(transformFileSync(filename, { cwd: resolve(__dirname, '../..') }).code, filename);
};
require(resolve(process.argv[2]));
