import { assertMatches, isKnown, toEntityTag } from './entity-tag';
import { Problem } from '../common/problems/problem';

const tag = toEntityTag({ name: 'Ada' });

describe('an entity tag', () => {
  it('is strong, and the same for the same representation alone', () => {
    expect(tag).toMatch(/^"[\w-]+"$/);
    expect(toEntityTag({ name: 'Ada' })).toBe(tag);
    expect(toEntityTag({ name: 'Bob' })).not.toBe(tag);
  });

  it.each([undefined, '*', ' * ', tag, `"other", ${tag}`, `${tag},"other"`, `W/"other" ,${tag}`])(
    'matches If-Match: %s',
    (ifMatch) => {
      expect(() => assertMatches(ifMatch, tag)).not.toThrow();
    },
  );

  it.each(['', '"other"', `W/${tag}`, tag.slice(1, -1), `${tag}x`, `*, "other"`, ','])(
    'does not match If-Match: %s',
    (ifMatch) => {
      expect(() => assertMatches(ifMatch, tag)).toThrow(new Problem('precondition_failed'));
    },
  );

  it.each(['*', tag, `W/${tag}`, `"other",${tag}`])('is known by If-None-Match: %s', (header) => {
    expect(isKnown(header, tag)).toBe(true);
  });

  it.each([undefined, '', '"other"', tag.slice(1, -1), `W/"other"`])(
    'is not known by If-None-Match: %s',
    (header) => {
      expect(isKnown(header, tag)).toBe(false);
    },
  );
});
