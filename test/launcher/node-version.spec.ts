import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
/** Replaces the reported version before the entry point is loaded. */
const AS_NODE_20 = `data:text/javascript,${encodeURIComponent(
  `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });`,
)}`;

/** The sources of the files that an installation without development packages starts. */
function entryPoints(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const files = Object.values(scripts).flatMap((script) => {
    const [, file] = /^node --enable-source-maps dist\/(\S+)[.]js/.exec(script) ?? [];
    return file === undefined ? [] : [`${file}.ts`];
  });
  return [...new Set(files)];
}

describe('on an older Node.js', () => {
  it.each(entryPoints())('%s ends with one sentence that names the version', (file) => {
    const runner = join(ROOT, 'test/support/run-typescript.cjs');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', AS_NODE_20, runner, join(ROOT, file)],
      { encoding: 'utf8', cwd: ROOT },
    );
    expect(stderr).toMatch(
      /^Gatehouse needs Node.js 24 or newer, and this is Node.js 20[.]20[.]2[.] /,
    );
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  it('covers both processes', () => {
    expect(entryPoints()).toEqual(expect.arrayContaining(['src/main.ts', 'auth-server/main.ts']));
  });
});
