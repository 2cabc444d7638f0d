import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const TOOL = resolve(__dirname, '../../tools/repeat-tests.mjs');

/** `npm run test:repeat` with this test file alone. */
function repeat(count: string, test: string) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-repeated-'));
  try {
    writeFileSync(join(folder, 'one.spec.js'), test);
    const config = JSON.stringify({ rootDir: folder, testMatch: ['**/*.spec.js'] });
    const words = [TOOL, count, '--config', config];
    return spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('npm run test:repeat', () => {
  it('names the tests of a run that fails, goes on and exits with 1', () => {
    const { status, stdout } = repeat(
      '3',
      `const { existsSync, writeFileSync, rmSync } = require('node:fs');
       const mark = __dirname + '/mark';
       it('is red each second time', () => {
         if (existsSync(mark)) { rmSync(mark); throw new Error('the reason'); }
         writeFileSync(mark, '');
       });`,
    );
    expect(stdout).toContain('● is red each second time');
    expect(stdout.match(/^(run|  is red|\d of).*$/gm)).toEqual([
      expect.stringMatching(/^run 1: passed, 1 tests passed, 0 failed, \d+ s, load [\d.]+$/),
      expect.stringMatching(/^run 2: FAILED, 0 tests passed, 1 failed, /),
      '  is red each second time',
      expect.stringMatching(/^run 3: passed, /),
      '2 of 3 runs passed',
    ]);
    expect(status).toBe(1);
  });

  it('exits with 0 when all runs pass, and refuses a wrong number', () => {
    const { status, stdout } = repeat('1', `it('is green', () => {});`);
    expect(stdout).toMatch(/^run 1: passed, .*\n1 of 1 runs passed\n$/);
    expect(status).toBe(0);
    expect(repeat('all', '')).toMatchObject({ status: 2, stdout: '' });
  });
});
