/**
 * Imported first by every entry point, because later imports fail on an older Node.js with an error
 * that does not name the reason. What is compiled from this file runs on Node.js 12 and newer.
 */
const NEEDED_VERSION = 24;

const version = process.versions.node;
if (Number.parseInt(version, 10) < NEEDED_VERSION) {
  process.stderr.write(
    `Gatehouse needs Node.js ${NEEDED_VERSION} or newer, and this is Node.js ${version}. ` +
      'Install it, or run `npm ci` without --omit=dev, which installs it for the npm scripts.\n',
  );
  process.exit(1);
}
