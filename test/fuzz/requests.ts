import fc, { type Arbitrary } from 'fast-check';
import type { OpenApiDocument, Operation } from '../support/documents/openapi';
import type { RawRequest } from '../support/raw-http';
import { bodies } from './bodies';
import { type KnownValues, ODD_TEXTS, Values } from './values';

type Parameter = NonNullable<Operation['parameters']>[number];

/** Requests for one operation: valid, nearly valid and invalid in every part. */
export class Requests {
  private readonly values: Values;

  constructor(
    private readonly document: OpenApiDocument,
    private readonly known: KnownValues,
  ) {
    this.values = new Values(document, known);
  }

  for(name: string, operation: Operation): Arbitrary<RawRequest> {
    const [method, path] = name.split(' ') as [string, string];
    const { parameters = [], requestBody } = operation;
    const inPlace = (place: string) => parameters.filter((parameter) => parameter.in === place);
    const [mediaType, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
    const values = media ? this.values.nearly(media.schema) : fc.constant({});
    const body = rarely(!media, bodies(values, mediaType));
    return fc
      .record({
        path: this.paths(path, inPlace('path')),
        query: this.queries(inPlace('query')),
        headers: this.headers(inPlace('header')),
        // A GET with a body is legal and rare.
        body: media || method !== 'GET' ? body : fc.constant(undefined),
      })
      .map((parts) => ({
        method,
        path: parts.path + parts.query,
        headers: {
          ...parts.headers,
          ...(parts.body?.type !== undefined && { 'content-type': parts.body.type }),
        },
        body: parts.body?.content,
      }));
  }

  private paths(path: string, parameters: Parameter[]): Arbitrary<string> {
    const values = parameters.map(({ name, example }) =>
      fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...(this.known[name] ?? [String(example)])) },
        { weight: 1, arbitrary: fc.constant(String(example)) },
        { weight: 2, arbitrary: oddSegments },
      ),
    );
    return fc
      .tuple(...values)
      .map((chosen) =>
        parameters.reduce(
          (text, { name }, index) => text.replace(`{${name}}`, () => chosen[index]!),
          path,
        ),
      );
  }

  private queries(parameters: Parameter[]): Arbitrary<string> {
    const one = ({ name, schema }: Parameter): Arbitrary<string> =>
      fc.oneof(
        { weight: 4, arbitrary: this.values.of(schema).map((value) => `${name}=${encode(value)}`) },
        { weight: 2, arbitrary: oddText.map((value) => `${name}=${encode(value)}`) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            name,
            `${name}=`,
            `${name}=1&${name}=2`,
            `${name}[]=1`,
            `${name}[a]=1`,
            `${name}=%zz`,
            `${name}=%00`,
            `${name}=%ff`,
          ),
        },
      );
    const odd = fc.constantFrom('unknown=1', '__proto__=1', '&&=', '%', 'a'.repeat(2_000), '?');
    const given = fc.subarray(parameters).chain((chosen) => fc.tuple(...chosen.map(one)));
    return fc
      .tuple(given, rarely(true, odd))
      .map(([pairs, more]) => [...pairs, ...(more === undefined ? [] : [more])])
      .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`));
  }

  private headers(parameters: Parameter[]): Arbitrary<Record<string, string>> {
    const own = Object.fromEntries(
      parameters.map(({ name, example }) => [
        name,
        fc.oneof(
          { weight: 2, arbitrary: fc.constant(String(example)) },
          // An idempotency key is valid for one request.
          { weight: 4, arbitrary: fc.uuid() },
          { weight: 1, arbitrary: fc.constantFrom('', '*', '"', 'W/"x"', 'x'.repeat(3_000)) },
          { weight: 1, arbitrary: header },
        ),
      ]),
    );
    const odd = fc.dictionary(
      fc.constantFrom(
        'accept',
        'if-none-match',
        'range',
        'x-request-id',
        'traceparent',
        'origin',
        'cookie',
        'x-forwarded-for',
        'content-encoding',
        'prefer',
      ),
      header,
      { maxKeys: 2 },
    );
    return fc
      .tuple(fc.record(own, { requiredKeys: [] }), rarely(true, odd))
      .map(([mine, others]) => ({ ...others, ...mine }) as Record<string, string>);
  }
}

/** Mostly empty, or mostly present. */
function rarely<Value>(isRare: boolean, value: Arbitrary<Value>): Arbitrary<Value | undefined> {
  const [nothing, something] = isRare ? [6, 1] : [1, 12];
  return fc.oneof(
    { weight: nothing, arbitrary: fc.constant(undefined) },
    { weight: something, arbitrary: value },
  );
}

const oddText = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

/** Values that Node's client can send as a header. */
const header = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
  maxLength: 40,
});

const oddSegments = fc.oneof(
  oddText.map(encode).filter((text) => text !== '' && text.length < 2_000),
  fc.constantFrom(
    '%00',
    '%zz',
    '%',
    '%ff',
    '%ed%a0%80',
    '%2e%2e',
    '..%2f',
    '%252e',
    'a;b',
    'a%2fb',
    'A'.repeat(65),
  ),
);

function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return encodeURIComponent(text.toWellFormed());
}
