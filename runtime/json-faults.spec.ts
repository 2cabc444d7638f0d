import fc from 'fast-check';
import { findJsonFault } from './json-faults';
import { SEED } from '../test/fuzz/seed';

describe('a JSON text', () => {
  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"b":2,"a":1}',
    String.raw`{"a":1,"\u0061":2}`,
    '{"x":{"a":1,"a":2}}',
    '[{"b":[]},{"a":{},"a":[]}]',
    '{"":1,"":2}',
    String.raw`{"a\"":1,"a\"":2}`,
    '{ "a" : [1, {"b":2}], "a" : 3 }',
    '{"__proto__":1,"__proto__":2}',
  ])('%s names a field twice', (text) => {
    expect(findJsonFault(text)).toBe('field-twice');
  });

  it.each([
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '["a","a"]',
    '{"a":["a","a"],"b":{"a":1}}',
    String.raw`{"a":"\",\"a\":","b":1}`,
    '{"{":1,"}":2,",":3}',
    '"a"',
    'null',
    '[]',
  ])('%s does not', (text) => {
    expect(findJsonFault(text)).toBeNull();
  });

  it.each(['[', '{"a":'])('of a hundred times %s is deep, of one more too deep', (opening) => {
    const closing = opening === '[' ? ']' : '}';
    const nested = (depth: number) => `${opening.repeat(depth)}1${closing.repeat(depth)}`;
    expect(findJsonFault(nested(100))).toBeNull();
    expect(findJsonFault(nested(101))).toBe('too-deep');
    expect(findJsonFault(`[${`${nested(99)},`.repeat(100)}1]`)).toBeNull();
  });

  it('of any value, as JavaScript writes it, does not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(findJsonFault(JSON.stringify(value, null, 1))).toBeNull();
      }),
      { seed: SEED },
    );
  });

  it('of 100 kB is read at once, for any content', () => {
    const worst = [`"${'\\"'.repeat(50_000)}"`, `[${'"",'.repeat(30_000)}""]`];
    const begin = performance.now();
    for (const text of worst) expect(findJsonFault(text)).toBeNull();
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});
