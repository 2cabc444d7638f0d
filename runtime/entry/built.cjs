// Loaded by the npm scripts before a file of dist/, for a readable error where the build is missing or
// older than the sources. Plain JavaScript for old versions of Node, which the file in dist/ refuses.
const fs = require('node:fs');
const path = require('node:path');

const ADVICE = 'Run `npm run build` first.';
const root = path.join(__dirname, '..', '..');
/** They start from the earlier build too: a process can end between the checkout and the build. */
const SERVERS = ['dist/src/main.js', 'dist/auth-server/main.js'].map((file) =>
  path.join(root, file),
);
const file = process.argv[1];
if (file && !fs.existsSync(file)) {
  const name = path.relative(process.cwd(), file);
  refuse(`${name} does not exist: the code is not built. ${ADVICE}`);
}
if (file && !SERVERS.includes(fs.realpathSync(file)) && isOutdated()) {
  refuse(`The sources have changed since the build. ${ADVICE}`);
}

/**
 * The image has no sources. A copy of a build can be without the stamp, whose name begins with a
 * dot: nothing shows that it is outdated.
 */
function isOutdated() {
  if (!fs.existsSync(path.join(root, 'tsconfig.build.json'))) return false;
  const { hashSources, isBuilt, stampFile } = require('./sources.cjs');
  try {
    return fs.existsSync(stampFile(root)) && !isBuilt(root, hashSources(root));
  } catch ({ message }) {
    return refuse(`The sources cannot be read: ${message}`);
  }
}

function refuse(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
