// `npm run check`: runs the scripts `check:*`, prints the findings of all, then a summary. It does
// not stop at the first failure.
import '../runtime/entry/script-version.cjs';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The one takes minutes and runs in CI, the other checks a part of the same. */
const LEFT_OUT = ['check:image', 'check:fast'];

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const names = Object.keys(scripts).filter(
  (name) => name.startsWith('check:') && !LEFT_OUT.includes(name),
);
const results = names.map((name) => {
  const begin = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', name], { stdio: 'inherit' });
  return { name, passed: status === 0, seconds: (performance.now() - begin) / 1_000 };
});
const lines = results.map(
  ({ name, passed, seconds }) =>
    `${name.padEnd(22)} ${passed ? 'passed' : 'FAILED'} ${seconds.toFixed(1)} s`,
);
process.stdout.write(`\n${lines.join('\n')}\n`);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
