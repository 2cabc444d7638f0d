// The sources that dist/ is compiled from, and their state. Plain JavaScript for old versions of Node,
// because it runs before the build, and CommonJS, because `built.cjs` loads it.
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const path = require('node:path');

/** The compiled sources, and the files that the build copies for browsers and for features. */
const SOURCE = /\.(ts|mjs|html|css)$/;
/** Not the document that `npm run generate` writes. */
const FEATURE_SOURCE = /^features\/.+(?<!\/openapi)\.json$/;
/** Folders without sources. */
const NO_SOURCES = new Set(['node_modules', 'dist']);
/** The benchmarks compile them apart, with packages of their own. */
const CONTESTANTS = 'bench/contestants';
const SETTINGS = [
  'package-lock.json',
  'nest-cli.json',
  '.swcrc',
  'tsconfig.build.json',
  'openapi-auth.json',
];

/**
 * Content, not modification times: a checkout, a copy or a touched file does not change the
 * content.
 *
 * @throws an error that names a file which cannot be read.
 */
function hashSources(root) {
  const hash = createHash('sha256');
  for (const file of [...SETTINGS, ...listSources(root)].sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Relative to the root, with `/` on every system. */
function listSources(root) {
  const { include } = JSON.parse(readFileSync(path.join(root, 'tsconfig.build.json'), 'utf8'));
  return include.flatMap((name) => listFiles(root, name));
}

function listFiles(root, name) {
  const place = path.join(root, name);
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [name];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const inner = `${name}/${entry.name}`;
    if (entry.isDirectory()) return hasSources(inner, entry.name) ? listFiles(root, inner) : [];
    return isSource(entry.name) || FEATURE_SOURCE.test(inner) ? [inner] : [];
  });
}

function hasSources(folder, name) {
  return !NO_SOURCES.has(name) && folder !== CONTESTANTS;
}

/** Emacs marks a changed `file.ts` by a link `.#file.ts` to a file that does not exist. */
function isSource(name) {
  return SOURCE.test(name) && !name.endsWith('.spec.ts') && !name.startsWith('.');
}

/** The state that dist/ was built from. The build writes it last, so an interrupted one has none. */
function stampFile(root) {
  return path.join(root, 'dist', '.sources');
}

/** Whether dist/ is built from these sources. */
function isBuilt(root, sources) {
  const file = stampFile(root);
  return existsSync(file) && readFileSync(file, 'utf8') === sources;
}

module.exports = { hashSources, isBuilt, listSources, stampFile };
