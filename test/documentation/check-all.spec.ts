import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Runs `npm run check` in a folder whose package.json has these checks. */
function runChecks(checks: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-checks-'));
  try {
    for (const part of ['tools', 'runtime/entry'])
      mkdirSync(join(folder, part), { recursive: true });
    cpSync(join(ROOT, 'tools/check-all.mjs'), join(folder, 'tools/check-all.mjs'));
    cpSync(join(ROOT, 'runtime/entry'), join(folder, 'runtime/entry'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: checks }));
    const words = [join(folder, 'tools/check-all.mjs')];
    return spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('npm run check:fast', () => {
  it('names the other command where git knows no changes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-archive-'));
    const script = join(ROOT, 'tools/check-fast.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script], {
      cwd: folder,
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    expect(stderr).toBe(
      'npm run check:fast asks git for the changed files, and this folder is in no repository with a commit. Run npm run check.\n',
    );
    expect(status).toBe(1);
  });
});

describe('npm run check', () => {
  it('runs all checks after one that fails, names each in the summary and exits with 1', () => {
    const { status, stdout } = runChecks({
      'check:one': 'echo finding of one && exit 3',
      'check:two': 'echo nothing found',
      'check:three': 'echo finding of three && exit 4',
    });
    expect(stdout).toMatch(/^finding of one\nnothing found\nfinding of three\n/);
    const summary = stdout.split('\n').flatMap((line) => line.match(/^check:\w+ +[a-zA-Z]+/) ?? []);
    expect(summary.map((line) => line.replace(/ +/, ' '))).toEqual([
      'check:one FAILED',
      'check:two passed',
      'check:three FAILED',
    ]);
    expect(status).toBe(1);
  });

  it('exits with 0 when all pass', () => {
    const { status, stdout } = runChecks({ 'check:one': 'exit 0', 'check:two': 'exit 0' });
    expect(stdout).toMatch(/^check:two +passed/m);
    expect(status).toBe(0);
  });
});
