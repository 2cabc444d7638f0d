import { assertPreconditions, isKnown, toEntityTag } from './entity-tag';
import { Problem } from '../common/problems/problem';

const ada = { name: 'Ada' };
const tag = toEntityTag(ada);

describe('an entity tag', () => {
  it('is strong, and the same for the same representation alone', () => {
    expect(tag).toMatch(/^"[\w-]+"$/);
    expect(toEntityTag({ ...ada })).toBe(tag);
    expect(toEntityTag({ name: 'Bob' })).not.toBe(tag);
  });

  it.each([undefined, tag, `"other", ${tag}`, `${tag},"other"`, `W/"other" ,${tag}`])(
    'matches If-Match: %s',
    (ifMatch) => {
      expect(() => assertPreconditions({ ifMatch }, ada)).not.toThrow();
    },
  );

  it.each(['', '"other"', `W/${tag}`, tag.slice(1, -1), `${tag}x`, `*, "other"`, ','])(
    'does not match If-Match: %s',
    (ifMatch) => {
      const check = () => assertPreconditions({ ifMatch }, ada);
      expect(check).toThrow(new Problem('precondition_failed'));
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

  it('refuses a change with If-None-Match that names it, also beside a matching If-Match', () => {
    for (const ifNoneMatch of ['*', tag, `W/${tag}`]) {
      const check = () => assertPreconditions({ ifMatch: tag, ifNoneMatch }, ada);
      expect(check).toThrow(expect.objectContaining({ code: 'precondition_failed' }));
    }
    expect(() => assertPreconditions({ ifNoneMatch: '"other"' }, ada)).not.toThrow();
  });
});
