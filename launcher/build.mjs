// node launcher/build.mjs: compiles into dist/ what is missing or outdated. Plain JavaScript for old
// versions of Node, because it runs before the build.
import '../runtime/entry/script-version.cjs';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The compiled sources, and the files that the build copies for browsers. */
const SOURCE = /\.(ts|mjs|html|css)$/;
/** Folders without sources. */
const NO_SOURCES = new Set(['node_modules', 'dist']);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'dist', '.sources');

const sources = hashSources();
if (readStamp() !== sources) await build();

/**
 * Content, not modification times: a checkout, a copy or a touched file does not change the
 * content.
 */
function hashSources() {
  const hash = createHash('sha256');
  const settings = [
    'package-lock.json',
    'nest-cli.json',
    '.swcrc',
    'tsconfig.build.json',
    'openapi-auth.json',
  ];
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  for (const file of [...settings, ...include.flatMap(listSources)].sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Without the packages and the compiled files of the contestants of the benchmarks. */
function listSources(name) {
  const path = join(root, name);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [name];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(name, entry.name);
    if (entry.isDirectory()) return NO_SOURCES.has(entry.name) ? [] : listSources(inner);
    return SOURCE.test(inner) && !inner.endsWith('.spec.ts') ? [inner] : [];
  });
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : null;
}

/** The stamp is written last, so an interrupted build is repeated. */
async function build() {
  process.stdout.write('Building (only after a change)\n');
  if (!existsSync(join(root, 'node_modules', '@swc', 'core'))) {
    fail('Some packages are missing. Run `npm ci` first.');
  }
  const { compile } = await import('./compile.mjs');
  try {
    await compile(root);
    writeFileSync(stampFile, sources);
  } catch ({ message }) {
    fail(`The build failed:\n${message}`);
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
