import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { refuseDeclaredNames } from '../../tools/new-feature/declared-names';
import { installFeature, parseNames, renderFeature } from '../../tools/new-feature/render';

const GUIDE = readFileSync(join(__dirname, '../../docs/guides/first-feature.md'), 'utf8');
const DOCUMENT = join(__dirname, '../../openapi.json');
const NAMES = { plural: 'notes', singular: 'note', timestamp: 1795466001000 };

interface ApiDocument {
  paths: Record<string, Record<string, { operationId?: string }>>;
  components: { schemas: object };
}

describe('the guide to the first feature', () => {
  it('shows every file that the generator writes, as it writes it', async () => {
    const files = await renderFeature(NAMES);
    expect(files.length).toBeGreaterThan(10);
    for (const { file, content } of files) {
      const [, shown] = GUIDE.split(`**\`${file}\`**`);
      expect({ file, shown: shown?.split('```ts\n')[1]?.split('```')[0] }).toEqual({
        file,
        shown: content,
      });
    }
  });
});

describe('the generator of features', () => {
  it('uses the names of the feature and no other', async () => {
    const files = await renderFeature({ ...NAMES, plural: 'stories', singular: 'story' });
    expect(files.filter(({ content }) => /\bnotes?\b/i.test(content))).toEqual([]);
    expect(files.map(({ file }) => file)).toContain('features/stories/story.entity.ts');
  });

  it('adds the feature to the list', async () => {
    const { content } = await installFeature(NAMES);
    expect(content).toContain(`import { notes } from './notes/notes.feature';`);
    expect(content).toMatch(/FEATURES = \[.*\bnotes\] satisfies/);
  });

  it.each([
    ['[]', '[notes]'],
    ['[stories]', '[stories, notes]'],
    ['[\n  stories, // of users\n]', '[\n  stories, // of users\n  notes,\n]'],
    ['[\n  stories,\n  // trips,\n]', '[\n  stories,\n  // trips,\n  notes,\n]'],
  ])('adds the feature to %j', async (before, after) => {
    const list = (features: string) =>
      `\n\nexport const FEATURES = ${features} satisfies Feature[];\n`;
    const { content } = await installFeature(NAMES, list(before));
    expect(content).toContain(list(after));
  });

  it.each([
    [['Notes'], 'is not a word'],
    [['../notes'], 'is not a word'],
    [[], 'usage: npm run new:feature'],
    [['users'], 'uses the name'],
    [['sheep'], 'name the plural and the singular'],
    [['--help'], 'usage: npm run new:feature'],
    [['notes', 'note', 'more'], 'usage: npm run new:feature'],
    [['class'], 'class is a reserved word'],
    [['posts'], 'uses the name post itself; name another: npm run new:feature -- posts <singular>'],
    [['settings'], 'uses the name settings itself; name another: npm run new:feature -- <plural>'],
    [['writes'], 'uses the name write itself'],
    [['news'], 'new is a reserved word'],
    [['awaits'], 'await is a reserved word'],
  ])('refuses the names %j', (names, message) => {
    expect(() => parseNames(names)).toThrow(message);
  });

  it('refuses each name that a file of the feature imports beside a type of this name', async () => {
    const imported = (await renderFeature(NAMES))
      .map(({ content }) => content.replaceAll(/'[^'\n]*'/g, ''))
      .filter((code) => /\bNotes?\b/.test(code))
      .flatMap((code) => [...code.matchAll(/^import (?:type )?\{([^}]*)\}/gm)])
      .flatMap(([, names = '']) => names.match(/\b[A-Z][a-z]{2,}\b/g) ?? [])
      .filter((name) => name !== 'Note');
    expect(imported).toEqual(expect.arrayContaining(['Post', 'Query', 'Actor', 'System']));
    for (const name of imported) {
      expect(() => parseNames(['things', name.toLowerCase()])).toThrow();
    }
  });

  it('refuses each name whose operations or schemas Gatehouse has itself', () => {
    const { paths, components } = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as ApiDocument;
    const operations = Object.values(paths)
      .flatMap((path) => Object.values(path))
      .flatMap(
        ({ operationId = '' }) =>
          /^(?:create|update|delete|remove|getOwn)(.*)$/.exec(operationId) ?? [],
      );
    const schemas = Object.keys(components.schemas).flatMap(
      (schema) => /^(?:Create|Update)?(.*?)(?:Page)?$/.exec(schema) ?? [],
    );
    const words = [...operations, ...schemas].filter((name) => /^[A-Z][a-z]{2,}$/.test(name));
    expect(words).toEqual(expect.arrayContaining(['Profile', 'Problem', 'Resource', 'User']));
    for (const word of words) {
      expect(() => parseNames(['things', word.toLowerCase()])).toThrow('uses the name');
    }
  });

  it.each([
    ['streams', 'stream', 'audit subject stream'],
    ['logins', 'oauth', 'audit action oauth.…'],
    ['proofs', 'verification', 'table verification'],
    ['audit', 'check', 'scope audit:…'],
    ['health', 'check', 'tag Health'],
    ['requests', 'request', 'problem too_many_requests'],
  ])('refuses %s and %s before it writes: %s', (plural, singular, names) => {
    expect(() => refuseDeclaredNames({ ...NAMES, plural, singular })).toThrow(names);
    expect(() =>
      refuseDeclaredNames({ ...NAMES, plural: 'zebras', singular: 'zebra' }),
    ).not.toThrow();
  });

  it('derives the singular, unless it is named', () => {
    expect(parseNames(['stories'])).toMatchObject({ singular: 'story' });
    expect(parseNames(['people', 'person'])).toMatchObject({ singular: 'person' });
  });
});

describe('a relation between two features', () => {
  const ROOT = join(__dirname, '../..');
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'gatehouse-relation-'));
    cpSync(join(ROOT, 'tsconfig.json'), join(project, 'tsconfig.json'));
    write('notes/note.entity.ts', 'export class NoteEntity {}\n');
    write('comments/comment.entity.ts', `export { NoteEntity } from '../notes/note.entity';\n`);
  });
  afterEach(() => rmSync(project, { recursive: true }));

  function write(file: string, content: string): void {
    const path = join(project, 'features', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  function checkImports(uses: string): { status: number | null; stdout: string } {
    write('comments/comments.feature.ts', `export const comments = {\n  ${uses}\n};\n`);
    const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const words = ['features', '--config', join(ROOT, '.dependency-cruiser.cjs')];
    const options = { cwd: project, encoding: 'utf8' } as const;
    return spawnSync(process.execPath, [program, ...words], options);
  }

  it('is allowed by `uses` of the declaration', () => {
    const { stdout } = checkImports(`uses: ['tags', 'notes'],`);
    expect(stdout).toContain('no-orphan');
    expect(stdout).not.toContain('comment.entity.ts');
  });

  it.each([
    [`uses: [],`, 'feature-uses-itself-and-the-floor'],
    [`uses: ['tags'],`, 'feature-comments'],
  ])('is refused with %s', (uses, rule) => {
    const { stdout } = checkImports(uses);
    expect(stdout).toContain(`${rule}: features/comments/comment.entity.ts → features/notes`);
  });
});
