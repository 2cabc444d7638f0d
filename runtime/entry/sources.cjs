// The state of the sources that dist/ is compiled from. Plain JavaScript for old versions of Node,
// because it runs before the build, and CommonJS, because `built.cjs` loads it.
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const path = require('node:path');

/** The compiled sources, and the files that the build copies for browsers. */
const SOURCE = /\.(ts|mjs|html|css)$/;
/** Folders without sources. */
const NO_SOURCES = new Set(['node_modules', 'dist']);
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
 */
function hashSources(root) {
  const hash = createHash('sha256');
  const { include } = JSON.parse(readFileSync(path.join(root, 'tsconfig.build.json'), 'utf8'));
  const sources = include.flatMap((name) => listSources(root, name));
  for (const file of [...SETTINGS, ...sources].sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Without the packages and the compiled files of the contestants of the benchmarks. */
function listSources(root, name) {
  const place = path.join(root, name);
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [name];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const inner = path.join(name, entry.name);
    if (entry.isDirectory()) return NO_SOURCES.has(entry.name) ? [] : listSources(root, inner);
    return SOURCE.test(inner) && !inner.endsWith('.spec.ts') ? [inner] : [];
  });
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

module.exports = { hashSources, isBuilt, stampFile };
