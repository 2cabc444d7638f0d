// node run-typescript.cjs <file.ts> <words…>: runs a file like jest, compiled by swc, in a separate
// process. The file finds its words where they are after a build.
require('../../runtime/entry/script-version.cjs');
const { resolve } = require('node:path');
const { loadTypeScript } = require('./native/typescript-hook.cjs');

loadTypeScript();
process.argv.splice(1, 2, resolve(process.argv[2]));
require(process.argv[1]);
