// Loaded first by what the npm scripts start without a build. Plain JavaScript for old versions of Node,
// because later lines fail there with an error that does not name the reason.
const fs = require('node:fs');
const path = require('node:path');

const NEEDED_VERSION = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED_VERSION) {
  const installed = fs.existsSync(path.join(__dirname, '..', '..', 'node_modules', '.bin', 'node'));
  const advice = installed ? 'Use the npm script, for example `npm start`.' : 'Run `npm ci` first.';
  process.stderr.write(
    `Gatehouse needs Node.js ${NEEDED_VERSION} or newer, and this is Node.js ${process.versions.node}. ` +
      `\`npm ci\` installs one that the npm scripts use. ${advice}\n`,
  );
  process.exit(1);
}
