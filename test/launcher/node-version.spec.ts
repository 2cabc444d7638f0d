import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
/** Replaces the reported version before the entry point is loaded. */
const AS_NODE_20 = `data:text/javascript,${encodeURIComponent(
  `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });`,
)}`;

const RUNNER = 'test/support/run-typescript.cjs';

function scriptsOf(): Record<string, string> {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
  return (JSON.parse(text) as { scripts: Record<string, string> }).scripts;
}

/** What the npm scripts start: a file, or the source of a built file behind the runner. */
function entryPoints(): string[] {
  const files = Object.values(scriptsOf()).flatMap((script) => {
    const [, file] = /^node (?:--\S+ )*(\S+[.](?:js|cjs|mjs))/.exec(script) ?? [];
    const [, built] = /^dist\/(.+)[.]js$/.exec(file ?? '') ?? [];
    if (built !== undefined) return [`${RUNNER} ${built}.ts`];
    return file === undefined ? [] : [file];
  });
  return [...new Set(files)];
}

describe('on an older Node.js', () => {
  it.each(entryPoints())('%s ends with one sentence that names the version', (files) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', AS_NODE_20, ...files.split(' ')],
      { encoding: 'utf8', cwd: ROOT },
    );
    expect(stderr).toMatch(
      /^Gatehouse needs Node.js 24 or newer, and this is Node.js 20[.]20[.]2[.] /,
    );
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  it('covers both processes, the tests and the checks', () => {
    expect(entryPoints()).toEqual(
      expect.arrayContaining([
        `${RUNNER} src/main.ts`,
        `${RUNNER} auth-server/main.ts`,
        'launcher/start.mjs',
        'node_modules/jest/bin/jest.js',
        'tools/check-all.mjs',
      ]),
    );
  });
});

describe('without a build', () => {
  it('every npm script that runs a built file ends with one sentence that names the solution', () => {
    const scripts = Object.values(scriptsOf()).filter((script) => /^node .*\bdist\//.test(script));
    expect(scripts.length).toBeGreaterThan(9);
    for (const script of scripts) expect(script).toMatch(/^node --require=\S+built[.]cjs /);
    const [, ...words] = scripts[0]!.replace('dist/', 'none/').split(' ');
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: ROOT });
    expect(stderr).toMatch(
      /^none\S+[.]js does not exist: the code is not built[.] Run `npm run build` first[.]\n$/,
    );
    expect(status).toBe(1);
  });
});
