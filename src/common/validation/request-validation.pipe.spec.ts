import fc from 'fast-check';
import { z } from 'zod';
import type { Problem } from '../problems/problem';
import { RequestValidationPipe } from './request-validation.pipe';
import { email, idParameter, personalText, webAddress } from './schemas';
import { SEED } from '../../../test/fuzz/seed';

const pipe = new RequestValidationPipe();
const schema = z.strictObject({
  email,
  name: personalText(20).optional(),
  image: webAddress.nullable().optional(),
  role: z.enum(['admin', 'user']).optional(),
  until: z.iso.datetime().optional(),
  list: z
    .array(z.object({ 'a/b~c': z.int() }))
    .max(2)
    .optional(),
  amount: z.number().positive().max(10).multipleOf(0.5).optional(),
  day: z.iso.date().optional(),
  limits: z.record(z.string(), z.int().min(1)).optional(),
});

async function faultsOf(value: unknown): Promise<{ pointer: string; detail: string }[]> {
  const outcome = await pipe.transform(value, { type: 'body', schema }).then(
    () => [],
    (problem: Problem) => problem.errors!,
  );
  return outcome;
}

describe('a request that is not valid', () => {
  it.each([
    [undefined, '', 'Required'],
    [[], '', 'Must be of type object'],
    [{}, '/email', 'Required'],
    [{ email: null }, '/email', 'Must be of type string'],
    [{ email: 'x' }, '/email', 'Must be an e-mail address'],
    [{ email: 'a@b.co', more: 1 }, '/more', 'Unknown field'],
    [{ email: 'a@b.co', constructor: 1 }, '/constructor', 'Unknown field'],
    [{ email: 'a@b.co', name: 'a'.repeat(21) }, '/name', 'Must have at most 20 characters'],
    [{ email: 'a@b.co', name: '\u200b\u3164' }, '/name', 'Must contain a visible character'],
    [{ email: 'a@b.co', role: 'root' }, '/role', 'Must be admin or user'],
    [{ email: 'a@b.co', until: 'now' }, '/until', 'Must be an RFC 3339 time'],
    [{ email: 'a@b.co', amount: 0 }, '/amount', 'Must be more than 0'],
    [{ email: 'a@b.co', amount: 11 }, '/amount', 'Must be at most 10'],
    [{ email: 'a@b.co', amount: 0.3 }, '/amount', 'Must be a multiple of 0.5'],
    [{ email: 'a@b.co', day: '23.11.' }, '/day', 'Must be a date such as 2026-11-23'],
    [{ email: 'a@b.co', limits: { a: 0 } }, '/limits/a', 'Must be at least 1'],
    [{ email: 'a@b.co', limits: [] }, '/limits', 'Must be of type object'],
    [{ email: 'a@b.co', list: [{}] }, '/list/0/a~1b~0c', 'Required'],
    [{ email: 'a@b.co', list: [1] }, '/list/0', 'Must be of type object'],
    [{ email: 'a@b.co', list: [1, 2, 3] }, '/list', 'Must have at most 2 entries'],
    [{ email: 'a@b.co', list: [] as unknown }, undefined, undefined],
  ])('is told what is wrong with %j, and where', async (value, pointer, detail) => {
    const [first] = await faultsOf(value);
    expect(first).toEqual(pointer === undefined ? undefined : { pointer, detail });
  });

  it('is described in own words, for every error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.jsonValue(),
          fc.record({
            email: fc.jsonValue(),
            name: fc.jsonValue(),
            image: fc.jsonValue(),
            role: fc.jsonValue(),
            until: fc.jsonValue(),
            list: fc.jsonValue(),
          }),
        ),
        async (value) => {
          const faults = await faultsOf(value);
          for (const { pointer, detail } of faults) {
            expect(pointer).toMatch(/^(\/.*)?$/s);
            expect(detail).toMatch(/^(Required|Unknown field|Not acceptable|Must [\w .-]+)$/);
          }
        },
      ),
      { seed: SEED },
    );
  });

  it('is told the name of a path parameter', async () => {
    const metadata = { type: 'param', data: 'id', schema: idParameter } as const;
    await expect(pipe.transform('a.b', metadata)).rejects.toMatchObject({
      errors: [{ pointer: '/id', detail: 'Not an id' }],
    });
  });
});

describe('a text that is accepted', () => {
  it('is the text in NFC without white space around it, and can be stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (sent) => {
        const result = personalText(20).safeParse(sent);
        if (!result.success) return;
        expect(result.data).toBe(sent.trim().normalize('NFC'));
        expect(result.data).not.toMatch(/[\0\n\r\x7f]/);
        expect(Buffer.from(result.data).toString()).toBe(result.data);
      }),
      { seed: SEED },
    );
  });

  it('is measured in NFC, and normalized only when it can be short enough', () => {
    const normalize = jest.spyOn(String.prototype, 'normalize');
    const composed = '\u1f82'.repeat(20);
    expect(personalText(20).parse(composed.normalize('NFD'))).toBe(composed);
    normalize.mockClear();
    const marks = '\u0301\u0323'.repeat(40);
    expect(personalText(20).safeParse(`a${marks}`).error?.issues).toMatchObject([
      { message: 'Must have at most 20 characters' },
    ]);
    expect(normalize).not.toHaveBeenCalled();
    normalize.mockRestore();
  });

  it('is an address of the web and nothing that runs', () => {
    const schemes = [
      'javascript:alert(1)',
      'data:text/html,x',
      'ftp://x.example',
      '//x.example',
      'x',
    ];
    for (const address of schemes) expect(webAddress.safeParse(address).success).toBe(false);
    expect(webAddress.safeParse('https://x.example/a?b#c').success).toBe(true);
  });
});
