// `npm run check:fast`: for the time between two edits. Checks the types of the whole project, and the
// lint, the format and the unit tests of the files that differ from the branch `main`, all at the
// same time, and prints the findings of all. It does not replace `npm run check` and `npm test`.
import '../runtime/entry/script-version.cjs';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const CODE = /\.(ts|mjs|cjs|js)$/;
/** Where the compiler keeps what it knows from the last run. */
const BUILD_INFO = 'node_modules/.cache/check-fast.tsbuildinfo';
const LINTER = ['oxlint', '--type-aware', '--tsconfig', 'tsconfig.json', '--disable-nested-config'];
const JEST = ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const UNIT_TESTS = ['--config', 'jest.unit.config.js', '--maxWorkers=1', '--passWithNoTests'];

if (!isRepository()) {
  process.stderr.write(
    'npm run check:fast asks git for the changed files, and this folder is in no repository with a commit. Run npm run check.\n',
  );
  process.exit(1);
}
const files = listChanged();
const code = files.filter((file) => CODE.test(file));
const results = await Promise.all([
  run('types', ['tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', BUILD_INFO]),
  runOn(code, 'lint', LINTER),
  runOn(files, 'format', ['prettier', '--check', '--ignore-unknown', '--log-level=warn']),
  runOn(code, 'unit tests', [...JEST, ...UNIT_TESTS, '--findRelatedTests']),
]);
process.stdout.write(`\nFiles that differ from ${base().name}: ${files.length}\n`);
for (const { name, passed, seconds } of results) {
  process.stdout.write(
    `${name.padEnd(12)} ${passed ? 'passed' : 'FAILED'} ${seconds.toFixed(1)} s\n`,
  );
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;

function git(...words) {
  return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** An archive of the sources has no repository. */
function isRepository() {
  try {
    return git('rev-parse', '--verify', 'HEAD') !== '';
  } catch {
    return false;
  }
}

/** The state to compare with: where this branch left `main`, or the last commit without a `main`. */
function base() {
  for (const name of ['main', 'origin/main']) {
    try {
      return { name, commit: git('merge-base', name, 'HEAD').trim() };
    } catch {
      // This clone has no such branch.
    }
  }
  return { name: 'HEAD', commit: 'HEAD' };
}

function listChanged() {
  const changed = git('diff', '--name-only', '-z', '--relative', base().commit);
  const added = git('ls-files', '--others', '--exclude-standard', '-z');
  return `${changed}${added}`.split('\0').filter((file) => file !== '' && existsSync(file));
}

async function runOn(list, name, command) {
  if (list.length === 0) return { name, passed: true, seconds: 0 };
  return await run(name, [...command, ...list]);
}

/** Prints the output of a command when it has ended, so that outputs do not mix. */
async function run(name, [program, ...words]) {
  const begin = performance.now();
  const child = spawn(program, words, { shell: process.platform === 'win32' });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => chunks.push(part));
  const status = await new Promise((resolve) => {
    child.on('error', (error) => {
      chunks.push(Buffer.from(String(error)));
      resolve(1);
    });
    child.on('close', resolve);
  });
  if (status !== 0) process.stdout.write(`=== ${name}\n${Buffer.concat(chunks).toString()}\n`);
  return { name, passed: status === 0, seconds: (performance.now() - begin) / 1_000 };
}
