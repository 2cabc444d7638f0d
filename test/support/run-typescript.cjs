// node run-typescript.cjs <file.ts>: runs a file like jest, compiled by swc, in a separate process.
require('../../runtime/entry/script-version.cjs');
const { resolve } = require('node:path');
const { loadTypeScript } = require('./native/typescript-hook.cjs');

loadTypeScript();
require(resolve(process.argv[2]));
