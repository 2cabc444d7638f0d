// `npm run check:guides`: compiles the TypeScript of the guides as a new strict project would, with the
// types of browsers and of Node.js. The tests run the same code, and do not check its types.
import '../runtime/entry/script-version.cjs';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const GUIDES = 'docs/guides';
/** Their code is in the project, and `npm run check:types` checks it. */
const CHECKED_ELSEWHERE = ['first-feature.md', 'testing.md'];
const BLOCK = /(?:^\*\*`(\S+)`\*\*\n\n)?^```(?:ts|tsx|typescript)\n(.*?)^```/gms;
/** In `node_modules`, so that the packages of the project are found. */
const FOLDER = resolve('node_modules/.cache/guides');
const OPTIONS = {
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  skipLibCheck: true,
  target: 'es2023',
  module: 'esnext',
  moduleResolution: 'bundler',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: ['node'],
};

rmSync(FOLDER, { recursive: true, force: true });
const guides = readdirSync(GUIDES).filter((guide) => !CHECKED_ELSEWHERE.includes(guide));
const count = guides.map((guide) => writeCode(guide)).reduce((sum, files) => sum + files, 0);
// The types that the command of the guide writes.
write('typed-client.md/api-types.ts', readFileSync('test/journeys/api-types.ts', 'utf8'));
write('package.json', JSON.stringify({ type: 'module' }));
write('tsconfig.json', JSON.stringify({ compilerOptions: OPTIONS }));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '--project', FOLDER], { stdio: 'inherit' });
console.log(`Code of the guides: ${count} files, ${status === 0 ? 'no errors' : 'with errors'}.`);
process.exitCode = count > 0 && status === 0 ? 0 : 1;

/** @returns the number of its files. */
function writeCode(guide) {
  const blocks = [...readFileSync(join(GUIDES, guide), 'utf8').matchAll(BLOCK)];
  for (const [, name = 'main.ts', code] of blocks) write(join(guide, name), code);
  return blocks.length;
}

function write(file, content) {
  const path = join(FOLDER, file);
  mkdirSync(dirname(path), { recursive: true });
  // A second block with the same name fails.
  writeFileSync(path, content, { flag: 'wx' });
}
