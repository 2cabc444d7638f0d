// `npm run test:repeat -- 20 [words for jest]`: runs the tests several times in a row beside
// processes that keep the host busy, and prints a line for each run. For tests that fail by chance.
import '../runtime/entry/script-version.cjs';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

const JEST = join(import.meta.dirname, '../node_modules/jest/bin/jest.js');
/** Ends with its standard input, so that it never outlives this process. */
const BUSY = `process.stdin.resume().on('end', () => process.exit());
  (function spin() { for (const end = Date.now() + 50; Date.now() < end; ); setImmediate(spin); })();`;

const [count, ...words] = process.argv.slice(2);
if (!/^[1-9]\d{0,3}$/.test(count ?? '')) {
  process.stderr.write('Usage: npm run test:repeat -- <number of runs> [words for jest]\n');
  process.exit(2);
}

/** @returns how it ended, with what it printed. */
function run(report) {
  return new Promise((resolve) => {
    const options = ['--experimental-vm-modules', JEST, ...words, '--json', '--outputFile', report];
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (printed += text));
    }
    child.on('close', (status) => resolve({ status, printed }));
  });
}

/** A run that ended before its report counts as failed too. */
function readReport(report) {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const failed = testResults
      .filter(({ status }) => status === 'failed')
      .flatMap(({ name, assertionResults }) => {
        const titles = assertionResults.filter(({ status }) => status === 'failed');
        return titles.length > 0 ? titles.map(({ fullName }) => fullName) : [name];
      });
    return { passed: numPassedTests, failed };
  } catch {
    return { passed: 0, failed: [] };
  }
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-repeat-'));
const busy = Array.from({ length: availableParallelism() }, () =>
  spawn(process.execPath, ['-e', BUSY], { stdio: ['pipe', 'ignore', 'inherit'] }),
);
let green = 0;
try {
  for (let number = 1; number <= Number(count); number += 1) {
    const report = join(folder, `${number}.json`);
    writeFileSync(report, '');
    const begin = performance.now();
    const { status, printed } = await run(report);
    const { passed, failed } = readReport(report);
    if (status === 0) green += 1;
    else process.stdout.write(printed);
    const seconds = Math.round((performance.now() - begin) / 1_000);
    const outcome = status === 0 ? 'passed' : 'FAILED';
    process.stdout.write(
      `run ${number}: ${outcome}, ${passed} tests passed, ${failed.length} failed, ${seconds} s, ` +
        `load ${loadavg()[0].toFixed(1)}\n${failed.map((title) => `  ${title}\n`).join('')}`,
    );
  }
} finally {
  for (const child of busy) child.stdin.end();
  rmSync(folder, { recursive: true });
}
process.stdout.write(`${green} of ${count} runs passed\n`);
process.exitCode = green === Number(count) ? 0 : 1;
