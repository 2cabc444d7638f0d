import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

/** @returns the files of the project that `.dockerignore` lets into the build context. */
export function listBuildContext(root: string): string[] {
  const rules = parseRules(readFileSync(join(root, '.dockerignore'), 'utf8'));
  return listProjectFiles(root).filter((file) => isIncluded(file, rules));
}

/** What a clean checkout has, and files that are to be added to it. */
function listProjectFiles(root: string): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const output = execFileSync('git', list, { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });
  return output.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

interface Rule {
  pattern: string;
  includes: boolean;
}

/** https://docs.docker.com/build/concepts/context/#dockerignore-files */
export function parseRules(text: string): Rule[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      pattern: line.replace(/^!/, '').replace(/^\//, '').replace(/\/$/, ''),
      includes: line.startsWith('!'),
    }));
}

/** The last rule that matches the file, or a folder above it, decides. */
export function isIncluded(file: string, rules: Rule[]): boolean {
  const parts = file.split('/');
  const paths = parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
  const last = rules.findLast(({ pattern }) => paths.some((path) => matchesGlob(path, pattern)));
  return last?.includes ?? true;
}
