import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { Cursors, type CursorSequence } from './cursor';
import { Problem } from '../problems/problem';
import { SEED } from '../../../test/fuzz/seed';

const KEY = randomBytes(32);
const cursors = new Cursors(() => Promise.resolve(KEY));

const NAMES: CursorSequence = { list: 'users', order: 'name', filters: { search: 'a', page: 1 } };
const ADA = { ...NAMES, value: 'Ada', id: 'a1' };

const text = fc.string({ unit: 'grapheme' });

describe('a cursor', () => {
  it('comes back as it was made, and fits into a query as it is', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.stringMatching(/^[\w-]{1,64}$/), async (value, id) => {
        const cursor = await cursors.toCursor({ ...NAMES, value, id });
        expect(cursor).toMatch(/^[\w-]+$/);
        await expect(cursors.parseCursor(cursor, NAMES)).resolves.toEqual({ value, id });
      }),
      { seed: SEED },
    );
  });

  it('that is invented is an invalid value', async () => {
    const madeUp = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
      fc.tuple(text, text).map((parts) => {
        const payload = Buffer.from(JSON.stringify(parts));
        return Buffer.concat([Buffer.alloc(16), payload]).toString('base64url');
      }),
    );
    await fc.assert(
      fc.asyncProperty(madeUp, async (cursor) => {
        await expect(cursors.parseCursor(cursor, NAMES)).rejects.toThrow(Problem);
      }),
      { seed: SEED },
    );
  });

  it('is refused when any bit of it is another, and when it is spelled in another way', async () => {
    const cursor = await cursors.toCursor(ADA);
    const bytes = Buffer.from(cursor, 'base64url');
    const changed = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      return copy.toString('base64url');
    });
    const respelled = [`${cursor}=`, `${cursor}A`, cursor.slice(0, -1), ` ${cursor}`, `${cursor}!`];
    for (const other of [...changed, ...respelled]) {
      await expect(cursors.parseCursor(other, NAMES)).rejects.toThrow(Problem);
    }
  });

  it.each<[string, CursorSequence]>([
    ['list', { ...NAMES, list: 'events' }],
    ['order', { ...NAMES, order: '-name' }],
    ['value of a filter', { ...NAMES, filters: { search: 'b', page: 1 } }],
    ['type of a filter', { ...NAMES, filters: { search: 'a', page: '1' } }],
    ['number of filters', { ...NAMES, filters: { search: 'a' } }],
    ['filter at all', { list: 'users', order: 'name' }],
  ])('is refused under another %s', async (_title, sequence) => {
    const cursor = await cursors.toCursor(ADA);
    await expect(cursors.parseCursor(cursor, sequence)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/cursor', detail: expect.any(String) }],
    });
  });

  it('does not mind the order in which filters are named, nor those that are absent', async () => {
    const filters = { page: 1, role: undefined, search: 'a' };
    const position = { value: 'Ada', id: 'a1' };
    const cursor = await cursors.toCursor(ADA);
    await expect(cursors.parseCursor(cursor, { ...NAMES, filters })).resolves.toEqual(position);
  });

  it('of an installation with another key is refused', async () => {
    const others = new Cursors(() => Promise.resolve(randomBytes(32)));
    await expect(others.parseCursor(await cursors.toCursor(ADA), NAMES)).rejects.toThrow(Problem);
  });
});
