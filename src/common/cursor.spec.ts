import fc from 'fast-check';
import { parseCursor, toCursor } from './cursor';
import { Problem } from './problem';

const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));

describe('a cursor', () => {
  it('comes back as it was made, and fits into a query as it is', () => {
    fc.assert(
      fc.property(text, fc.stringMatching(/^[\w-]{1,64}$/), (value, id) => {
        const cursor = { order: 'name', value, id };
        expect(toCursor(cursor)).toMatch(/^[\w-]+$/);
        expect(parseCursor(toCursor(cursor), { order: 'name' })).toEqual(cursor);
      }),
    );
  });

  it('that somebody made up is a wrong value and nothing worse', () => {
    const madeUp = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    );
    fc.assert(
      fc.property(madeUp, (cursor) => {
        expect(() => parseCursor(cursor, { order: 'name' })).toThrow(Problem);
      }),
    );
  });

  it('of another order, or with a key that the order cannot have, is refused', () => {
    const cursor = toCursor({ order: 'name', value: 'Ada', id: 'a1' });
    expect(() => parseCursor(cursor, { order: '-name' })).toThrow(Problem);
    const isKey = (value: string) => value !== 'Ada';
    expect(() => parseCursor(cursor, { order: 'name', isKey })).toThrow(Problem);
  });
});
