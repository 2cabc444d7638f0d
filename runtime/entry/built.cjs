// Loaded by the npm scripts before a file of dist/, for a readable error where the build is missing.
// Plain JavaScript for old versions of Node, which the file in dist/ refuses.
const fs = require('node:fs');
const path = require('node:path');

const file = process.argv[1];
if (file && !fs.existsSync(file)) {
  const name = path.relative(process.cwd(), file);
  process.stderr.write(
    `${name} does not exist: the code is not built. Run \`npm run build\` first.\n`,
  );
  process.exit(1);
}
