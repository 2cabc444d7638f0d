import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Sources, packages and compiled files of the contestants; benchmarks start in the project's folder. */
const FOLDER = join('bench', 'contestants');

/** Installs the contestants' packages when they are missing, and compiles the contestants. */
export function prepareContestants(print: (line: string) => void): void {
  if (!existsSync(join(FOLDER, 'node_modules', '.package-lock.json'))) {
    print('installing the packages of the contestants');
    run('npm', ['ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--no-fund']);
  }
  run('npm', ['exec', '--', 'tsc', '--project', FOLDER]);
}

export function contestantScript(name: string): string {
  return join(process.cwd(), FOLDER, 'dist', `${name}.js`);
}

function run(command: string, parameters: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, parameters, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}:\n${stdout}${stderr}`);
}
