import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installFeature, parseNames, renderFeature } from '../../tools/new-feature/render';

const GUIDE = readFileSync(join(__dirname, '../../docs/guides/first-feature.md'), 'utf8');
const NAMES = { plural: 'notes', singular: 'note', timestamp: 1795466001000 };

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
    [['Notes'], 'is not a word'],
    [['../notes'], 'is not a word'],
    [[], 'usage: npm run new:feature'],
    [['users'], 'uses the name'],
    [['sheep'], 'name the plural and the singular'],
  ])('refuses the names %j', (names, message) => {
    expect(() => parseNames(names)).toThrow(message);
  });

  it('derives the singular, unless it is named', () => {
    expect(parseNames(['stories'])).toMatchObject({ singular: 'story' });
    expect(parseNames(['people', 'person'])).toMatchObject({ singular: 'person' });
  });
});
