// node launcher/build.mjs: compiles into dist/ what is missing or outdated. Plain JavaScript for old
// versions of Node, because it runs before the build.
import '../runtime/entry/script-version.cjs';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashSources, isBuilt, stampFile } from '../runtime/entry/sources.cjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const sources = readSources();
if (!isBuilt(root, sources)) await build();

function readSources() {
  try {
    return hashSources(root);
  } catch ({ message }) {
    return fail(`The sources cannot be read: ${message}`);
  }
}

async function build() {
  process.stdout.write('Building (only after a change)\n');
  if (!existsSync(join(root, 'node_modules', '@swc', 'core'))) {
    fail('Some packages are missing. Run `npm ci` first.');
  }
  const { compile } = await import('./compile.mjs');
  try {
    await compile(root);
    writeFileSync(stampFile(root), sources);
  } catch ({ message }) {
    fail(`The build failed:\n${message}`);
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
