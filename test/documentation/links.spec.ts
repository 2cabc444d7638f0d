import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const DOCUMENTS = trackedFiles('*.md');
const SOURCES = trackedFiles('*.ts', '*.mjs', '*.yml', 'Dockerfile');

describe('documents', () => {
  it.each(DOCUMENTS)('every relative link of %s leads to a file and a heading', (file) => {
    expect(linksOf(file).filter((link) => !leadsSomewhere(file, link))).toEqual([]);
  });

  it('every page below docs/ is listed in docs/README.md', () => {
    const listed = linksOf('docs/README.md').map((link) => join('docs', link.split('#')[0]!));
    const pages = DOCUMENTS.filter((file) => /^docs\/.*\.md$/.test(file));
    expect(pages.filter((page) => page !== 'docs/README.md' && !listed.includes(page))).toEqual([]);
  });

  it('every document that the code names exists', () => {
    const missing = SOURCES.flatMap((file) =>
      [...read(file).matchAll(/\bdocs\/[\w/-]+\.md\b/g)]
        .map(([page]) => page)
        .filter((page) => !existsSync(join(ROOT, page)))
        .map((page) => `${file}: ${page}`),
    );
    expect(missing).toEqual([]);
  });

  it('the README has fewer than 200 lines of fewer than 120 characters', () => {
    const lines = read('README.md').split('\n');
    expect(lines.length).toBeLessThan(200);
    expect(lines.filter((line) => line.length >= 120)).toEqual([]);
  });
});

function trackedFiles(...patterns: string[]): string[] {
  const listed = ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns];
  const output = execFileSync('git', listed, { cwd: ROOT, encoding: 'utf8' });
  return output.split('\n').filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Targets of the links in a document, without those to other sites. */
function linksOf(file: string): string[] {
  const text = read(file).replaceAll(/^```[\s\S]*?^```/gm, '');
  const targets = [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

function leadsSomewhere(file: string, link: string): boolean {
  const [path = '', fragment] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  if (!existsSync(join(ROOT, target))) return false;
  return fragment === undefined || headingsOf(target).includes(fragment);
}

/** Fragments of the headings, in the form that repository hosts give them. */
function headingsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
