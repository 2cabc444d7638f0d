import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const MOST_FILES = 16;

/** Folders of `test/` that name a kind of tests and no folder of the code. */
const KINDS = [
  'assembly',
  'browser',
  'contract',
  'deploy',
  'documentation',
  'examples',
  'fuzz',
  'journeys',
  'launcher',
  'operations',
  'support',
];

const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter(Boolean);

/** The folders of the files, with all folders around them. */
function foldersOf(files: string[]): Set<string> {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  }
  return folders;
}

const ofProcesses = FILES.filter((file) => /^(src|auth-server|features)\//.test(file));
const SUBJECTS = new Set([...foldersOf(ofProcesses)].map((folder) => basename(folder)));
const TEST_FOLDERS = new Set(
  FILES.filter((file) => /^test\/.*\//.test(file)).map((file) => file.split('/')[1]!),
);

describe('the layout', () => {
  it('has for each folder of test/ a folder of the code with this name, or a kind', () => {
    const unknown = [...TEST_FOLDERS].filter((name) => !SUBJECTS.has(name));
    expect(unknown.filter((name) => !KINDS.includes(name))).toEqual([]);
  });

  it.each(KINDS)('names test/%s/ in CONTRIBUTING.md', (kind) => {
    expect(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')).toMatch(
      new RegExp(`^\\|[^|]*\`${kind}/\``, 'm'),
    );
  });

  it('has at most 16 files in a folder of code or tests, except the migrations', () => {
    const sizes = Map.groupBy(
      // A feature of a product is as large as it has to be.
      FILES.filter((file) =>
        /^(src|auth-server|contract|runtime|launcher|test|tools|bench)\//.test(file),
      ),
      (file) => dirname(file),
    );
    const large = [...sizes].filter(([, files]) => files.length > MOST_FILES);
    expect(large.map(([folder]) => folder)).toEqual([]);
  });
});

describe('the documents', () => {
  const documents = FILES.filter((file) => file.endsWith('.md'));

  it('name scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = documents.flatMap((document) =>
      scriptsOf(readFileSync(join(ROOT, document), 'utf8')),
    );
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('name files and folders of this project that exist', () => {
    const folders = foldersOf(FILES);
    const isMissing = (path: string) =>
      !FILES.includes(path) && !folders.has(path.replace(/\/$/, ''));
    const missing = documents
      .filter((document) => document !== 'CHANGELOG.md')
      .flatMap((document) =>
        pathsOf(readFileSync(join(ROOT, document), 'utf8'))
          .filter(isMissing)
          .map((path) => `${document}: ${path}`),
      );
    expect(missing).toEqual([]);
  });
});

/** The scripts in `npm run <name>`, `npm start` and `npm test`. */
function scriptsOf(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[a-z][a-z:-]*)/g)].map(
    ([, name]) => name!,
  );
}

/** Paths in code spans that begin with a folder of this project. */
function pathsOf(text: string): string[] {
  const path =
    /`((?:src|auth-server|contract|runtime|launcher|migrations|test|tools|bench|docs|deploy)\/[\w./-]*)`/g;
  return [...text.matchAll(path)].map(([, name]) => name!);
}
